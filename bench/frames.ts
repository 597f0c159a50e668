import { KiteMarket } from 'tickring/sim';

/** A frame of `packets` plausible packets of one mode, as the simulator sends it. */
export function marketFrame(packets: number, mode: 'ltp' | 'quote' | 'full', indices = false): Uint8Array {
  const market = new KiteMarket({ instruments: 9_000, seed: 1 });
  const tokens = [...market.instrumentTokens]
    .filter((token) => ((token & 0xff) === 9) === indices)
    .slice(0, packets);
  while (tokens.length < packets) tokens.push(tokens[tokens.length % 50]!);
  return Uint8Array.from(market.frame(tokens, mode));
}

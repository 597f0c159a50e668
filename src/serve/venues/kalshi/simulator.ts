import type { KalshiFault } from '../../../sim/kalshi/faults.ts';
import { makeKey } from '../../../sim/kalshi/keys.ts';
import { KalshiSimulator } from '../../../sim/kalshi/server.ts';
import type { VenueSimulator } from '../venue-simulator.ts';

export async function openKalshiSimulator(rate: number | undefined): Promise<VenueSimulator> {
  const { key, credentials } = makeKey();
  const simulator = new KalshiSimulator({ keys: [key], ...(rate !== undefined && { rate }) });
  await simulator.listen();
  return {
    greeting: { url: simulator.url, symbols: simulator.tickers, credentials },
    inject: (fault, symbol) =>
      simulator.inject(fault as KalshiFault, symbol === undefined ? {} : { ticker: symbol }),
    close: () => simulator.close(),
  };
}

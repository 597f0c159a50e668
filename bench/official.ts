import { KiteTicker } from 'kiteconnect';

/** A tick of the official client, as far as benchmarks read it. */
export interface OfficialTick {
  readonly instrument_token: number;
  readonly last_price: number;
  readonly volume_traded: number;
  readonly depth: {
    readonly buy: readonly { readonly price: number }[];
    readonly sell: readonly { readonly price: number }[];
  };
}

/** The official client's parser. Its declared types leave it out. */
export function officialParser(): (frame: ArrayBuffer) => readonly OfficialTick[] {
  const ticker = new KiteTicker({ api_key: 'bench', access_token: 'bench', reconnect: false });
  const parser = ticker as unknown as { parseBinary(frame: ArrayBuffer): readonly OfficialTick[] };
  return (frame) => parser.parseBinary(frame);
}

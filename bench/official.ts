import { KiteTicker } from 'kiteconnect';

/** The official client's parser. Its declared types leave it out. */
export function officialParser(): (frame: ArrayBuffer) => number {
  const ticker = new KiteTicker({ api_key: 'bench', access_token: 'bench', reconnect: false });
  const parser = ticker as unknown as { parseBinary(frame: ArrayBuffer): unknown[] };
  return (frame) => parser.parseBinary(frame).length;
}

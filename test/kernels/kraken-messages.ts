/** Messages as Kraken sends them, one of each form at least, and the ways in which they can be written. */

import fc from 'fast-check';
import { parseTree, type Style, writeTree } from './json-tree.ts';
import { randomFrom } from './kraken-sessions.ts';

const TICKER =
  '{"symbol":"BTC/USD","bid":83744.2,"bid_qty":0.56251979,"ask":83744.3,"ask_qty":0.00044780,"last":83744.3,"volume":3156.84782110,"vwap":84174.6,"low":83163.6,"high":85247.4,"change":-429.3,"change_pct":-0.51,"trades":135262,"timestamp":"2026-09-25T17:48:26.844359Z"}';
const TRADES =
  '{"symbol":"ETH/USD","side":"buy","price":3213.89,"qty":0.02315574,"ord_type":"market","trade_id":59874571,"timestamp":"2026-01-19T15:36:48.413515Z"},{"symbol":"BTC/USD","side":"sell","price":81776.7,"qty":0.00000879,"ord_type":"limit","trade_id":110763306,"timestamp":"2026-10-09T00:34:22.814908Z"}';
const CANDLES =
  '{"symbol":"BTC/USDT","open":77400.0,"high":77445.8,"low":77400.0,"close":77416.3,"trades":15,"volume":0.25302078,"vwap":77416.2,"interval_begin":"2026-09-10T17:32:00.000000000Z","interval":1,"timestamp":"2026-09-10T17:33:00.000000Z"},{"symbol":"BTC/USDT","open":77415.4,"high":77415.4,"low":77397.1,"close":77397.1,"trades":5,"volume":0.03771523,"vwap":77414.0,"interval_begin":"2026-09-10T17:33:00.000000000Z","interval":1,"timestamp":"2026-09-10T17:34:00.000000Z"}';
const PAIRS =
  '{"symbol":"EUR/USD","base":"EUR","quote":"USD","status":"online","qty_precision":8,"qty_increment":0.00000001,"price_precision":5,"cost_precision":5,"marginable":false,"has_index":true,"ws_display_price_precision":5,"cost_min":"0.50","tick_size":0.00001,"price_increment":0.00001,"qty_min":0.50000000},{"symbol":"BTC/USD","base":"BTC","quote":"USD","status":"post_only","qty_precision":8,"qty_increment":0.00000001,"price_precision":1,"cost_precision":5,"marginable":true,"has_index":true,"margin_initial":0.20,"position_limit_long":360,"position_limit_short":250,"cost_min":0.5,"tick_size":0.1,"price_increment":0.1,"qty_min":0.00005}';
const ORDERS =
  '"bids":[{"event":"add","order_id":"OQ5WAX-SNVPL-R7VY2E","limit_price":44939.4,"order_qty":0.05000000,"timestamp":"2024-01-08T12:26:46.001200118Z"}],"asks":[{"event":"modify","order_id":"OFVLAA-HRSSP-BK75KB","limit_price":44939.5,"order_qty":4.40000000,"timestamp":"2024-01-08T12:26:46.001200118Z"},{"event":"delete","order_id":"OYBAMK-O5DKX-WMPUTM","limit_price":44939.5,"order_qty":0.00111261,"timestamp":"2024-01-08T12:26:46.524871322Z"}]';

export const BOOK_SNAPSHOT =
  '{"channel":"book","type":"snapshot","data":[{"symbol":"BTC/USD","bids":[{"price":45283.5,"qty":0.10000000},{"price":45283.4,"qty":1.54582015}],"asks":[{"price":45285.2,"qty":0.00100000},{"price":45286.4,"qty":1.54571953},{"price":45286.6,"qty":1.54571109}],"checksum":2512350384,"timestamp":"2023-10-06T17:35:55.440295Z"}]}';

export const MESSAGES: readonly string[] = [
  `{"channel":"ticker","type":"update","data":[${TICKER}]}`,
  '{"channel":"ticker","type":"snapshot","data":[{"symbol":"BTC/USD","bid":65972.8,"bid_qty":0.10000000,"ask":65972.9,"ask_qty":39.67506683,"last":65972.9,"volume":270638277.50461281,"vwap":64275.2,"low":61325.4,"high":66450.0,"change":4412.1,"change_pct":7.17}]}',
  `{"channel":"trade","type":"update","data":[${TRADES}]}`,
  BOOK_SNAPSHOT,
  `{"channel":"ohlc","type":"snapshot","timestamp":"2026-09-10T17:44:43.105760475Z","data":[${CANDLES}]}`,
  `{"channel":"instrument","type":"snapshot","data":{"assets":[{"id":"USD","status":"enabled","precision":4,"precision_display":2,"borrowable":true,"collateral_value":1.00,"margin_rate":0.025000}],"pairs":[${PAIRS}]}}`,
  '{"channel":"status","data":[{"api_version":"v2","connection_id":13834774380200032777,"system":"online","version":"2.0.0","upcoming_maintenance":[{"event_id":21,"affected_services":["futures_ws"]}],"emergency":[]}],"type":"update"}',
  `{"channel":"level3","type":"update","data":[{"checksum":4214623937,"symbol":"BTC/USD","timestamp":"2024-01-08T12:26:46.001200118Z",${ORDERS}}]}`,
  '{"channel":"level3","type":"snapshot","data":[{"symbol":"BTC/USD","bids":[],"asks":[],"checksum":0}]}',
  '{"channel":"heartbeat"}',
  '{"method":"pong","req_id":1,"time_in":"2024-05-20T11:08:49.272922Z","time_out":"2024-05-20T11:08:49.272940Z"}',
  '{"method":"subscribe","req_id":11,"result":{"channel":"book","depth":10,"snapshot":true,"symbol":"BTC/USD"},"success":true,"time_in":"2024-05-19T16:27:13.694962Z","time_out":"2024-05-19T16:27:13.695006Z"}',
  '{"error":"Malformed request","method":"error","success":false}',
  '{"Error":"Exceeded msg rate"}',
  '{"channel":"balances","type":"snapshot","data":[{"asset":"USDT","asset_class":"currency","wallets":[{"type":"spot","id":"main","balance":100.00000000}],"balance":100.00000000}],"sequence":1}',
];

/** A message, and the same one written in another way. */
export interface Rewritten {
  readonly message: string;
  readonly rewritten: string;
}

/** @param style what may be done, whenever it is tossed for */
export function rewrittenArbitrary(
  style: Omit<Style, 'random'>,
  messages: readonly string[] = MESSAGES,
): fc.Arbitrary<Rewritten> {
  return fc
    .record({ message: fc.constantFrom(...messages), seed: fc.integer() })
    .map(({ message, seed }) => ({
      message,
      rewritten: writeTree(parseTree(message), { ...style, random: randomFrom(seed) }),
    }));
}

/** Messages as Kalshi sends them and sent them: one of each form that becomes records, at least, and of those that do not. */

import fc from 'fast-check';
import { parseTree, type Style, Token, type Tree, tokenArbitrary, writeTree } from './json-tree.ts';
import { randomFrom } from './kraken-sessions.ts';

const ID = '"market_id":"9b0f6b43-5b68-4f9f-9f02-9a2d1b8ac1a1"';

export const TICKER = `{"type":"ticker","sending_ts_ms":1791234567890,"sid":11,"msg":{${ID},"market_ticker":"KXBTCD-26OCT0917-T119999.99","price_dollars":"0.4800","yes_bid_dollars":"0.4500","yes_ask_dollars":"0.5300","volume_fp":"33896.25","open_interest_fp":"20422.00","dollar_volume":16948,"dollar_open_interest":-10211,"yes_bid_size_fp":"300.00","yes_ask_size_fp":"150.50","last_trade_size_fp":"25.00","ts":1791234567,"ts_ms":1791234567123,"time":"2026-10-05T21:49:27.123456Z"}}`;
export const TRADE = `{"type":"trade","sid":12,"seq":7,"msg":{"trade_id":"d91bc706-ee49-470d-82d8-11418bda6fed","market_ticker":"KXHIGHNY-26OCT09-B53.5","yes_price_dollars":"0.3605","no_price_dollars":"0.6395","count_fp":"136.07","taker_side":"no","taker_outcome_side":"no","taker_book_side":"ask","is_block_trade":false,"ts":1791234567,"ts_ms":1791234567123}}`;
export const SNAPSHOT = `{"type":"orderbook_snapshot","sid":2,"seq":2,"msg":{"market_ticker":"FED-26DEC-T3.00",${ID},"yes_dollars_fp":[["0.0800","300.00"],["0.2200","333.25"]],"no_dollars_fp":[["0.5400","20.00"],["0.5605","146.00"],["0.6000","0.00"]]}}`;
export const DELTA = `{"type":"orderbook_delta","sid":2,"seq":3,"msg":{"market_ticker":"FED-26DEC-T3.00",${ID},"price_dollars":"0.2200","delta_fp":"-33.25","side":"yes","client_order_id":"my order \u00e9","subaccount":3,"ts":"2026-10-05T21:49:27.123456Z","ts_ms":1791234567123}}`;

/** The same, of the years before strings. */
export const OLD_TICKER =
  '{"type":"ticker","sid":11,"msg":{"market_ticker":"FED-23DEC-T3.00","price":48,"yes_bid":45,"yes_ask":53,"price_dollars":"0.480","yes_bid_dollars":"0.345","no_bid_dollars":"0.655","volume":33896,"open_interest":20422,"dollar_volume":16948,"dollar_open_interest":10211,"ts":1669149841,"Clock":13281241747}}';
export const CENTS_TICKER =
  '{"type":"ticker","sid":11,"msg":{"market_ticker":"FED-23DEC-T3.00","price":48,"yes_bid":45,"yes_ask":53,"volume":33896,"open_interest":20422,"ts":1669149841}}';
export const CENTS_TRADE =
  '{"type":"trade","sid":12,"msg":{"market_ticker":"HIGHNY-22DEC23-B53.5","yes_price":36,"no_price":64,"count":136,"taker_side":"no","ts":1669149841}}';
export const CENTS_SNAPSHOT =
  '{"type":"orderbook_snapshot","sid":2,"seq":2,"msg":{"market_ticker":"FED-23DEC-T3.00","yes":[[8,300],[22,333]],"no":[[54,20],[56,146]]}}';
export const MIXED_SNAPSHOT =
  '{"type":"orderbook_snapshot","sid":2,"seq":2,"msg":{"market_ticker":"FED-23DEC-T3.00","yes":[[8,300],[22,333]],"yes_dollars":[["0.085",300],["0.220",333]],"no":[[54,20]],"no_dollars":[["0.540",20]]}}';
export const CENTS_DELTA =
  '{"type":"orderbook_delta","sid":2,"seq":3,"msg":{"market_ticker":"FED-23DEC-T3.00","price":22,"delta":-54,"side":"yes","ts":"2022-11-22T20:44:01Z"}}';

export const DATA_MESSAGES: readonly string[] = [
  ...[TICKER, TRADE, SNAPSHOT, DELTA, OLD_TICKER, CENTS_TICKER, CENTS_TRADE],
  ...[CENTS_SNAPSHOT, MIXED_SNAPSHOT, CENTS_DELTA],
];

export const CONTROL_MESSAGES: readonly string[] = [
  '{"id":1,"type":"subscribed","msg":{"channel":"orderbook_delta","sid":2}}',
  '{"id":2,"sid":2,"seq":4,"type":"unsubscribed"}',
  '{"id":3,"sid":2,"seq":4,"type":"ok","msg":{"market_tickers":["FED-26DEC-T3.00"]}}',
  '{"id":3,"sid":2,"seq":4,"type":"ok","market_tickers":["FED-23DEC-T3.00"]}',
  '{"id":4,"type":"ok","msg":[{"channel":"orderbook_delta","sid":2}]}',
  '{"type":"error","sid":2,"seq":4,"msg":{"code":14,"msg":"Market Ticker required"}}',
  '{"type":"error","sid":2,"msg":{"code":25,"msg":"Subscription buffer overflow"}}',
  '{"type":"error","sid":2,"error":{"code":10,"message":"Channel error"}}',
  '{"type":"error","sid":2,"code":10,"message":"Channel error"}',
  '{"type":"market_lifecycle_v2","sid":13,"seq":279597,"msg":{"market_ticker":"INXD-23SEP14-B4487","event_type":"created"}}',
  '{"type":"one of another year","sid":13,"msg":{"market_ticker":"INXD-23SEP14-B4487"}}',
];

export const ALL_MESSAGES: readonly string[] = [...DATA_MESSAGES, ...CONTROL_MESSAGES];

export const ANY_STYLE = {
  shuffled: true,
  spaced: true,
  escaped: true,
  respelled: true,
  extended: true,
  repeated: true,
};

/** Values that no field expects, and some that it does. */
const ODD_VALUES: readonly Tree[] = [
  ...[null, true, false, '', 'abc', '0.', ' 1', '+1', '1e', [], new Map(), [[new Token('1')]]],
  ...['0.00005', '0.123450', '1e-3', '-0', '10000', '99999999999999', '1e400', '0.1234567890123456789'],
  ...[
    'maybe',
    'no',
    'yes',
    'bid',
    '2026-02-30T00:00:00Z',
    '2026-02-28T00:00:00.123Z',
    '2026-02-28T00:00:00.123456+01:00',
  ],
  ...['x'.repeat(39), 'x'.repeat(40), 'é'.repeat(38), '\ud800', 'x'.repeat(200), 'a"b\\c'],
  ...['0', '1', '-1', '4294967295', '4294967296', '9007199254740992', '9007199254740993'].map(
    (n) => new Token(n),
  ),
];

/** The tree, with odd values in places. */
function distort(tree: Tree, random: () => number, share: number, tokens: readonly string[]): Tree {
  if (random() < share) {
    const pick = Math.floor(random() * (ODD_VALUES.length + 2 * tokens.length));
    if (pick < ODD_VALUES.length) return ODD_VALUES[pick]!;
    const token = tokens[(pick - ODD_VALUES.length) >> 1]!;
    return (pick & 1) === 0 ? token : new Token(token);
  }
  if (Array.isArray(tree)) return tree.map((each) => distort(each, random, share, tokens));
  if (!(tree instanceof Map)) return tree;
  return new Map([...tree].map(([key, value]) => [key, distort(value, random, share, tokens)]));
}

/** A message written in any way, as a rule with something odd in it. */
export function writtenArbitrary(
  messages: readonly string[] = ALL_MESSAGES,
  style: Omit<Style, 'random'> = ANY_STYLE,
): fc.Arbitrary<string> {
  return fc
    .record({
      message: fc.constantFrom(...messages),
      seed: fc.integer(),
      share: fc.constantFrom(0, 0.05, 0.2),
      tokens: fc.array(tokenArbitrary, { minLength: 1, maxLength: 4 }),
    })
    .map(({ message, seed, share, tokens }) => {
      const random = randomFrom(seed);
      return writeTree(distort(parseTree(message), random, share, tokens), { ...style, random });
    });
}

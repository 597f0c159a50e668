/** Kraken's WebSocket API v2 as its clients have to speak it: addresses, limits, requests. */

export const KRAKEN_URL = 'wss://ws.kraken.com/v2';
export const KRAKEN_AUTH_URL = 'wss://ws-auth.kraken.com/v2';
export const KRAKEN_LEVEL3_URL = 'wss://ws-l3.kraken.com/v2';
export const KRAKEN_REST_URL = 'https://api.kraken.com';

/** Which service a connection goes to. */
export type Endpoint = 'public' | 'private' | 'level3';

/** Depths of `book`, levels a side. */
export const BOOK_DEPTHS = [10, 25, 100, 500, 1000] as const;
export type BookDepth = (typeof BOOK_DEPTHS)[number];
/** Depths of `level3`, orders' price levels a side. */
export const LEVEL3_DEPTHS = [10, 100, 1000] as const;
export type Level3Depth = (typeof LEVEL3_DEPTHS)[number];
/** Intervals of `ohlc`, minutes. */
export const INTERVALS = [1, 5, 15, 30, 60, 240, 1440, 10080, 21600] as const;
export type CandleInterval = (typeof INTERVALS)[number];

/** Symbols of one `level3` connection that the service allows. */
export const LEVEL3_MOST_SYMBOLS = 200;
/** What a symbol of each depth takes of the `level3` subscribe counter, and what that gives back a second. */
export const LEVEL3_COSTS: Readonly<Record<Level3Depth, number>> = { 10: 5, 100: 25, 1000: 100 };
export const LEVEL3_ALLOWANCE = 200;

/** Close code after which connecting again is of no use: a policy was violated. */
export const TERMINAL_CLOSE = 1008;
/** Answers to an upgrade after which connecting again is of no use. */
export const TERMINAL_STATUSES: ReadonlySet<number> = new Set([400, 401, 403, 404]);

export type Method = 'subscribe' | 'unsubscribe';

/** Values that parameters may have. */
export type Param = string | number | boolean;

/** Asks for one channel and set of parameters, for several symbols where the channel has them. */
export function requestMessage(
  id: number,
  method: Method,
  channel: string,
  symbols: readonly string[],
  params: Readonly<Record<string, Param>>,
  token: string | undefined,
): string {
  return JSON.stringify({
    method,
    params: {
      channel,
      ...(symbols.length > 0 && { symbol: symbols }),
      ...params,
      ...(token !== undefined && { token }),
    },
    req_id: id,
  });
}

export function pingMessage(id: number): string {
  return JSON.stringify({ method: 'ping', req_id: id });
}

/** What a refusal is about, by the service's words. */
export type Refusal = 'rate' | 'token' | 'duplicate' | 'final';

/** `rate`: ask again, later. `token`: ask again with another. `duplicate`: it is subscribed already. */
export function refusalOf(words: string): Refusal {
  if (/msg rate|rate limit|throttled/i.test(words)) return 'rate';
  if (/invalid session|invalid token/i.test(words)) return 'token';
  if (/already subscribed$/i.test(words)) return 'duplicate';
  return 'final';
}

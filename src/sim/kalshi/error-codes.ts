/** Every error that the service documents: its number and its text. */
export const ERROR_TEXTS = {
  1: 'Unable to process message',
  2: 'Params required',
  3: 'Channels required',
  4: 'Subscription IDs required',
  5: 'Unknown command',
  6: 'Already subscribed',
  7: 'Unknown subscription ID',
  8: 'Unknown channel name',
  9: 'Authentication required',
  10: 'Channel error',
  11: 'Invalid parameter',
  12: 'Exactly one subscription ID is required',
  13: 'Unsupported action',
  14: 'Market Ticker required',
  15: 'Action required',
  16: 'Market not found',
  17: 'Internal error',
  18: 'Command timeout',
  19: 'shard_factor must be > 0',
  20: 'shard_factor is required when shard_key is set',
  21: 'shard_key must be >= 0 and < shard_factor',
  22: 'shard_factor must be <= 100',
  23: 'Match IDs required',
  24: 'Index IDs required',
  25: 'Subscription buffer overflow',
  26: 'Subscription market limit exceeded',
  27: 'Too many requests',
  28: 'Underlying tickers required',
} as const;

export type KalshiErrorCode = keyof typeof ERROR_TEXTS;

/** Errors after which a subscription is gone. */
export const CHANNEL_ERROR = 10;
export const BUFFER_OVERFLOW = 25;

/** The text of a code that is not documented, for errors on order. */
export function errorText(code: number): string {
  return (ERROR_TEXTS as Readonly<Record<number, string>>)[code] ?? `Error ${code}`;
}

/** A command that cannot be carried out. */
export class CommandError extends Error {
  readonly code: KalshiErrorCode;
  /** Of the subscription that the error belongs to: then the frame has its sid, and takes one of its sequence numbers. */
  readonly sid: number | undefined;

  constructor(code: KalshiErrorCode, sid?: number) {
    super(ERROR_TEXTS[code]);
    this.code = code;
    this.sid = sid;
  }
}

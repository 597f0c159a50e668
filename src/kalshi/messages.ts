/** Some JSON object: what is in it has to be looked at. */
export type JsonObject = Readonly<Record<string, unknown>> & { readonly [Name in Member]?: unknown };

/** Members that are looked at here. */
type Member =
  | ('type' | 'id' | 'sid' | 'seq' | 'msg' | 'sending_ts_ms' | 'channel' | 'subscriptions')
  | ('code' | 'error' | 'message' | 'market_ticker');

/** What every frame of the service may have, whatever it is about. */
export interface Envelope {
  readonly id: number | undefined;
  readonly sid: number | undefined;
  readonly seq: number | undefined;
  /** `sending_ts_ms`: when the service queued it, ms since the epoch. */
  readonly sentAt: number | undefined;
}

/** A text frame, understood as far as it is understood. */
export type KalshiMessage = Envelope &
  (
    | { readonly type: 'subscribed'; readonly channel: string }
    | { readonly type: 'unsubscribed' }
    | { readonly type: 'ok'; readonly lists: Lists }
    | { readonly type: 'list'; readonly subscriptions: readonly RemoteSubscription[] }
    | { readonly type: 'error'; readonly number: number | undefined; readonly words: string }
    /** A message of a channel, of whatever type. */
    | { readonly type: 'data'; readonly name: string; readonly msg: JsonObject; readonly message: JsonObject }
    /** JSON that has no type, or not in the shape that it should have. */
    | { readonly type: 'unknown' }
    /** No JSON: a proxy's text, for one. */
    | { readonly type: 'text' }
  );

const LISTS = ['market_tickers', 'market_ids', 'index_ids', 'underlying_tickers'] as const;

/** All that a subscription is about now, under each name by which the service says it. */
export type Lists = { readonly [Name in (typeof LISTS)[number]]?: readonly string[] };

/** A subscription as the service lists it. */
export interface RemoteSubscription {
  readonly channel: string;
  readonly sid: number;
}

const NO_ENVELOPE: Envelope = { id: undefined, sid: undefined, seq: undefined, sentAt: undefined };

/** Understands a text frame of any time since 2025. Never throws. */
export function parseMessage(text: string): KalshiMessage {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return { ...NO_ENVELOPE, type: 'text' };
  }
  if (!isObject(message)) return { ...NO_ENVELOPE, type: 'unknown' };
  const { type } = message;
  const envelope = envelopeOf(message);
  const msg = isObject(message.msg) ? message.msg : {};
  switch (type) {
    case 'subscribed': {
      const channel = textOf(msg.channel);
      const sid = numberOf(msg.sid) ?? envelope.sid;
      return channel === undefined || sid === undefined
        ? { ...envelope, type: 'unknown' }
        : { ...envelope, sid, type, channel };
    }
    case 'unsubscribed':
      return { ...envelope, sid: envelope.sid ?? numberOf(msg.sid), type };
    case 'ok': {
      const list = listOf(message.msg) ?? listOf(message.subscriptions);
      if (list) return { ...envelope, type: 'list', subscriptions: list.flatMap(remoteSubscription) };
      return { ...envelope, type, lists: { ...listsOf(message), ...listsOf(msg) } };
    }
    // The schema of the time had it so; the service, and its examples, had `ok`.
    case 'list_subscriptions': {
      const list = listOf(message.subscriptions) ?? listOf(message.msg) ?? [];
      return { ...envelope, type: 'list', subscriptions: list.flatMap(remoteSubscription) };
    }
    case 'error':
      return { ...envelope, type, ...errorOf(message, msg) };
    default:
      return typeof type === 'string'
        ? { ...envelope, type: 'data', name: type, msg, message }
        : { ...envelope, type: 'unknown' };
  }
}

/** 0 is no id. */
function envelopeOf(message: JsonObject): Envelope {
  return {
    id: numberOf(message.id) || undefined,
    sid: numberOf(message.sid),
    seq: numberOf(message.seq),
    sentAt: numberOf(message.sending_ts_ms),
  };
}

/** In `msg`; in `error`; or at the top. */
function errorOf(message: JsonObject, msg: JsonObject): { number: number | undefined; words: string } {
  const inner = isObject(message.error) ? message.error : {};
  const number = [msg.code, inner.code, message.code].map(numberOf).find((code) => code !== undefined);
  const words = [msg.msg, msg.message, inner.message, inner.msg, message.message, message.msg]
    .map(textOf)
    .find((each) => each !== undefined);
  return { number, words: words ?? 'the service gave no reason' };
}

function listsOf(message: JsonObject): Lists {
  const named = LISTS.flatMap((name) => {
    const list = listOf(message[name]);
    return list ? [[name, list.map(String)] as const] : [];
  });
  return Object.fromEntries(named);
}

function remoteSubscription(entry: unknown): RemoteSubscription[] {
  const channel = isObject(entry) ? textOf(entry.channel) : undefined;
  const sid = isObject(entry) ? numberOf(entry.sid) : undefined;
  return channel === undefined || sid === undefined ? [] : [{ channel, sid }];
}

/** The market that a message is about. */
export function tickerOf({ market_ticker: ticker }: JsonObject): string | undefined {
  return textOf(ticker);
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function listOf(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

import {
  CHANNELS,
  type ChannelRules,
  isChannel,
  type KrakenChannel,
  type KrakenEndpoint,
} from './channels.ts';

/** A ping, or a request that could be understood. */
export type Request = PingRequest | SubscriptionRequest;

export interface PingRequest {
  readonly method: 'ping';
  readonly reqId: number | undefined;
}

export interface SubscriptionRequest {
  readonly method: 'subscribe' | 'unsubscribe';
  readonly reqId: number | undefined;
  readonly channel: KrakenChannel;
  /** One `undefined` for channels without symbols. */
  readonly symbols: readonly (string | undefined)[];
  /** Depth, interval or event trigger, for channels that have one. */
  readonly variant: number | string | undefined;
  readonly snapshot: boolean;
  readonly token: string | undefined;
  /** The other flags, as they were given. */
  readonly flags: Readonly<Record<string, unknown>>;
}

/** Whom a refusal tells. */
interface Addressee {
  readonly method?: string;
  readonly reqId?: number | undefined;
  /** One answer for each; none of them names a symbol when this is missing. */
  readonly symbols?: readonly string[];
  /** Only in the form that private channels use. */
  readonly channel?: KrakenChannel;
}

/** A request that is not granted, with what the client is told. */
export class RequestError extends Error {
  readonly addressee: Addressee;

  constructor(message: string, addressee: Addressee) {
    super(message);
    this.addressee = addressee;
  }
}

const ENVELOPE = ['method', 'params', 'req_id'];
const ORDER_METHODS = [
  'add_order',
  'amend_order',
  'edit_order',
  'cancel_order',
  'cancel_all',
  'cancel_all_orders_after',
  'batch_add',
  'batch_cancel',
];
export const PRIVATE_ELSEWHERE =
  'Private data and trading are unavailable on this endpoint. Try ws-auth.kraken.com';
export const PUBLIC_ELSEWHERE =
  'Public market data subscriptions are unavailable on this endpoint. Try ws.kraken.com';
const NO_SYMBOLS = 'Symbol(s) not found';

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads what a client sent to an endpoint.
 * @throws RequestError
 */
export function parseRequest(text: string, endpoint: KrakenEndpoint): Request {
  const message = parseObject(text);
  const { method, params, req_id: reqId } = message;
  if (typeof method !== 'string') throw new RequestError('Malformed request', { method: 'error' });
  if (reqId !== undefined && !Number.isInteger(reqId)) {
    throw new RequestError('Req_id field must be a number_integer', { method });
  }
  const addressee = { method, reqId: reqId as number | undefined };
  if (method === 'ping') {
    refuseUnknown(message, ['method', 'req_id'], 'the given msg type: ping', addressee);
    return { method, reqId: addressee.reqId };
  }
  if (ORDER_METHODS.includes(method)) {
    // Order entry is not simulated: the account's keys are without that permission.
    const text = endpoint === 'auth' ? orderRefusal(params) : PRIVATE_ELSEWHERE;
    throw new RequestError(text, addressee);
  }
  if (method !== 'subscribe' && method !== 'unsubscribe') {
    throw new RequestError('Unsupported event', addressee);
  }
  const { symbol } = isObject(params) ? params : message;
  const symbols = symbolsOf(symbol);
  refuseUnknown(message, ENVELOPE, `the given msg type: ${method}`, { ...addressee, symbols });
  if (!isObject(params)) throw new RequestError('Malformed request', { ...addressee, method: 'error' });
  return parseSubscription({ ...addressee, method }, params, symbols, endpoint);
}

function parseSubscription(
  addressee: { method: 'subscribe' | 'unsubscribe'; reqId: number | undefined },
  params: Json,
  symbols: readonly string[],
  endpoint: KrakenEndpoint,
): SubscriptionRequest {
  const { channel, token } = params;
  if (channel === 'status') throw new RequestError(NO_SYMBOLS, addressee);
  if (!isChannel(channel)) throw new RequestError('Subscription name invalid', addressee);
  const rules = CHANNELS[channel];
  if (rules.endpoint !== endpoint) {
    throw new RequestError(rules.endpoint === 'public' ? PUBLIC_ELSEWHERE : PRIVATE_ELSEWHERE, addressee);
  }
  const all = { ...addressee, symbols };
  refuseUnknown(params, fieldsOf(rules), `params type: '${channel}'`, all);
  if (rules.isPerSymbol && symbols.length === 0) throw new RequestError(NO_SYMBOLS, addressee);
  if (rules.endpoint !== 'public' && (typeof token !== 'string' || token === '')) {
    throw new RequestError('Token(s) not found', addressee);
  }
  const flags = Object.fromEntries(rules.flags.map((flag) => [flag, params[flag]]));
  for (const [flag, value] of Object.entries(flags)) {
    if (value === undefined || flag === 'users' || flag === 'execution_venue') continue;
    if (typeof value !== 'boolean') {
      throw new RequestError(`${flag[0]!.toUpperCase()}${flag.slice(1)} field must be a boolean`, all);
    }
  }
  const { variant } = rules;
  const chosen = variant && (params[variant.name] ?? variant.otherwise);
  if (variant !== undefined && !variant.values.includes(chosen as number | string)) {
    throw new RequestError(variant.refusal, all);
  }
  return {
    ...addressee,
    channel,
    symbols: rules.isPerSymbol ? symbols : [undefined],
    variant: chosen as number | string | undefined,
    snapshot: wantsSnapshot(channel, flags),
    token: token as string | undefined,
    flags,
  };
}

function wantsSnapshot(channel: KrakenChannel, flags: Json): boolean {
  if (channel === 'executions') {
    const { orders, trades } = executionSnapshots(flags);
    return orders || trades;
  }
  const { snapshot = CHANNELS[channel].snapshot } = flags;
  return snapshot === true;
}

/** What a snapshot of executions holds: open orders, latest fills. The older names of both flags still work. */
export function executionSnapshots(flags: Json): { orders: boolean; trades: boolean } {
  const {
    snapshot = true,
    snap_orders = snapshot,
    snapshot_trades = false,
    snap_trades = snapshot_trades,
  } = flags;
  return { orders: snap_orders === true, trades: snap_trades === true };
}

function fieldsOf({ isPerSymbol, endpoint, variant, flags }: ChannelRules): string[] {
  const fields = ['channel', ...flags];
  if (isPerSymbol) fields.push('symbol');
  if (endpoint !== 'public') fields.push('token');
  if (variant !== undefined) fields.push(variant.name);
  return fields;
}

function refuseUnknown(message: Json, known: readonly string[], where: string, addressee: Addressee): void {
  const unknown = Object.keys(message).find((field) => !known.includes(field));
  if (unknown === undefined) return;
  throw new RequestError(`Unsupported field: '${unknown}' for ${where}`, addressee);
}

function orderRefusal(params: unknown): string {
  const { token } = isObject(params) ? params : {};
  return token === undefined ? 'Token(s) not found' : 'EGeneral:Permission denied';
}

function parseObject(text: string): Json {
  try {
    const message: unknown = JSON.parse(text);
    if (isObject(message)) return message;
  } catch {
    // Told below, like everything else that is no object.
  }
  throw new RequestError('Malformed request', { method: 'error' });
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Symbols as they were given; none when any of them is no text. */
function symbolsOf(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  const symbols = value as unknown[];
  return symbols.every((symbol) => typeof symbol === 'string') ? symbols : [];
}

import type { Method } from './protocol.ts';

/** State of the trading engine; another word than these is to be taken for "not online". */
export type SystemState = 'online' | 'cancel_only' | 'maintenance' | 'post_only' | (string & {});

export interface SystemStatus {
  readonly system: SystemState;
  readonly version: string | undefined;
  readonly apiVersion: string | undefined;
  /** A 64-bit number, as text: it is beyond what a number holds. */
  readonly connectionId: string | undefined;
  /** As the service words them; empty when there is none. */
  readonly upcomingMaintenance: readonly unknown[];
  readonly emergency: readonly unknown[];
}

/** What a subscription was acknowledged with. */
export interface Acknowledgement {
  readonly channel: string;
  readonly symbol: string | undefined;
  readonly depth: number | undefined;
  readonly interval: number | undefined;
  readonly eventTrigger: string | undefined;
  /** The service's, as on deprecated fields. */
  readonly warnings: readonly string[];
}

/** A text frame that is not market data, understood; or one that is, as JSON. */
export type KrakenMessage =
  | {
      readonly type: 'acknowledged';
      readonly method: Method;
      readonly id: number | undefined;
      readonly result: Acknowledgement;
    }
  | {
      readonly type: 'refused';
      /** `'error'` for what the service could not read; undefined when it does not say. */
      readonly method: string | undefined;
      readonly id: number | undefined;
      readonly symbol: string | undefined;
      /** Only refusals of private channels say it. */
      readonly channel: string | undefined;
      readonly words: string;
    }
  | { readonly type: 'pong'; readonly id: number | undefined }
  | { readonly type: 'status'; readonly status: SystemStatus }
  /** A message of a channel. `rows` is what its `data` holds: a list, or for `instrument` one object in a list. */
  | {
      readonly type: 'data';
      readonly channel: string;
      readonly snapshot: boolean;
      readonly rows: readonly JsonObject[];
      readonly sequence: number | undefined;
    }
  /** JSON that this version does not know. */
  | { readonly type: 'unknown'; readonly message: unknown }
  /** No JSON: a proxy's text, for one. */
  | { readonly type: 'text'; readonly text: string };

/** The one number on the wire that a double does not hold. */
const CONNECTION_ID = /("connection_id"\s*:\s*)(\d+)/g;

/** Understands a text frame. Never throws. */
export function parseMessage(text: string): KrakenMessage {
  let message: unknown;
  try {
    message = JSON.parse(text.replace(CONNECTION_ID, '$1"$2"'));
  } catch {
    return { type: 'text', text };
  }
  if (!isObject(message)) return { type: 'unknown', message };
  const { method, channel, data } = message;
  const words = message.error ?? message.Error;
  if (typeof words === 'string') {
    return {
      type: 'refused',
      method: textOf(method),
      id: numberOf(message.req_id),
      symbol: textOf(message.symbol),
      channel: textOf(channel),
      words,
    };
  }
  if (typeof method === 'string') return reply(method, message);
  if (typeof channel !== 'string') return { type: 'unknown', message };
  if (channel === 'status') {
    const [status] = Array.isArray(data) ? data : [];
    return isObject(status) ? { type: 'status', status: systemStatus(status) } : { type: 'unknown', message };
  }
  const rows = Array.isArray(data) ? data : [data];
  if (!rows.every(isObject)) return { type: 'unknown', message };
  return {
    type: 'data',
    channel,
    snapshot: message.type === 'snapshot',
    rows,
    sequence: numberOf(message.sequence),
  };
}

function reply(method: string, message: JsonObject): KrakenMessage {
  const id = numberOf(message.req_id);
  if (method === 'pong') return { type: 'pong', id };
  if (method !== 'subscribe' && method !== 'unsubscribe') return { type: 'unknown', message };
  const { result } = message;
  // Only `true` is a yes; a no without words is one all the same.
  if (message.success !== true || !isObject(result)) {
    const symbol = textOf(message.symbol);
    const channel = textOf(message.channel);
    return { type: 'refused', method, id, symbol, channel, words: 'the service gave no reason' };
  }
  const { warnings } = result;
  return {
    type: 'acknowledged',
    method,
    id,
    result: {
      channel: textOf(result.channel) ?? '',
      symbol: textOf(result.symbol),
      depth: numberOf(result.depth),
      interval: numberOf(result.interval),
      eventTrigger: textOf(result.event_trigger),
      warnings: Array.isArray(warnings) ? warnings.map(String) : [],
    },
  };
}

function systemStatus(row: JsonObject): SystemStatus {
  return {
    system: textOf(row.system) ?? '',
    version: textOf(row.version),
    apiVersion: textOf(row.api_version),
    connectionId: textOf(row.connection_id),
    upcomingMaintenance: listOf(row.upcoming_maintenance),
    emergency: listOf(row.emergency),
  };
}

/** Fields that are looked at. */
type Field =
  | (
      | 'method'
      | 'channel'
      | 'data'
      | 'type'
      | 'sequence'
      | 'req_id'
      | 'success'
      | 'result'
      | 'symbol'
      | 'pairs'
    )
  | ('error' | 'Error' | 'warnings' | 'depth' | 'interval' | 'event_trigger' | 'assets')
  | ('system' | 'version' | 'api_version' | 'connection_id' | 'upcoming_maintenance' | 'emergency');

/** Some JSON object: what is in it has to be looked at. */
export type JsonObject = Readonly<Record<string, unknown>> & { readonly [Name in Field]?: unknown };

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

import type { Place } from '../feed/subscriptions.ts';
import { CHANNEL_RULES, type Channel, type StreamSpec } from './channels.ts';
import type { CommandName, Params } from './protocol.ts';

/** A market, index or underlying that is wanted of a channel; or, under the name `ALL`, the channel as a whole. */
export interface Item {
  /** Whether the service has acknowledged it, ever. */
  everLive: boolean;
  /** Why the service does not want to any more. */
  refusal: string | undefined;
  /** Whether the service has named it, ever: it is certain that it has it. */
  listed: boolean;
  /** The service is to be asked whether it has this: its first answer does not say. */
  unverified: boolean;
  /** Asked for with `send_initial_snapshot`. */
  readonly sendInitialSnapshot: boolean;
}

/** What a channel that is not narrowed down is about. */
export const ALL = '';

/** What has been asked and not been answered. */
export interface AskedCommand {
  readonly kind: 'subscribe' | 'add' | 'verify' | 'remove' | 'unsubscribe';
  readonly items: readonly string[];
}

/** A command, and what it is for. */
export interface NextCommand extends AskedCommand {
  readonly name: CommandName;
  readonly params: Params;
}

/**
 * One channel on one connection: what is wanted of it, what the service holds, and the one command that is on its way. The
 * service has one subscription a channel and connection: `sid`.
 */
export interface Stream {
  readonly place: Place;
  readonly channel: Channel;
  /** Of the request that began it. */
  spec: StreamSpec;
  readonly wanted: Map<string, Item>;
  /** The service's number of it; undefined while it holds nothing. */
  sid: number | undefined;
  readonly held: Set<string>;
  asked: AskedCommand | undefined;
  /** It is to be unsubscribed and subscribed again. */
  renewing: boolean;
  /** How often the same was asked for without an answer. */
  attempts: number;
  /** How often in a row the service ended it; and no command is sent before this, `performance.now()`. */
  endings: number;
  notBefore: number;
}

export function makeStream(place: Place, spec: StreamSpec): Stream {
  return {
    place,
    channel: spec.channel,
    spec,
    wanted: new Map(),
    sid: undefined,
    held: new Set(),
    asked: undefined,
    renewing: false,
    attempts: 0,
    endings: 0,
    notBefore: 0,
  };
}

/**
 * What is to be told the service next, so that it holds what is wanted; undefined when it does.
 *
 * @param most items of one command
 */
export function nextCommand(stream: Stream, most: number): NextCommand | undefined {
  const { channel, sid, held, wanted, renewing } = stream;
  const open = [...wanted].filter(([, { refusal }]) => refusal === undefined);
  if (sid === undefined) {
    return open.length === 0 ? undefined : subscribe(stream, open, most);
  }
  // From some to all and back again there is no other way.
  if (open.length === 0 || renewing || held.has(ALL) !== wanted.has(ALL))
    return { kind: 'unsubscribe', items: [], name: 'unsubscribe', params: { sids: [sid] } };
  const { add, remove } = CHANNEL_RULES[channel];
  const surplus = [...held].filter((item) => !wanted.has(item)).slice(0, most);
  if (surplus.length > 0) return update(stream, 'remove', remove, surplus);
  const lacking = open.filter(([name]) => !held.has(name));
  if (lacking.length > 0) return update(stream, 'add', add, ...chunk(lacking, most));
  const unverified = open.filter(([, item]) => item.unverified);
  if (unverified.length > 0)
    return update(
      stream,
      'verify',
      add,
      unverified.slice(0, most).map(([name]) => name),
    );
  return undefined;
}

function subscribe(stream: Stream, open: readonly (readonly [string, Item])[], most: number): NextCommand {
  const { channel, spec } = stream;
  const { list, params, skipTickerAck } = spec;
  const [items, extra] = chunk(open, most);
  return {
    kind: 'subscribe',
    items,
    name: 'subscribe',
    params: {
      channels: [channel],
      ...selection(channel, list, items),
      ...params,
      ...(skipTickerAck && { skip_ticker_ack: true }),
      ...extra,
    },
  };
}

function update(
  { spec: { list }, sid }: Stream,
  kind: AskedCommand['kind'],
  action: string,
  items: readonly string[],
  extra: Params = {},
): NextCommand {
  return {
    kind,
    items,
    name: 'update_subscription',
    params: { sid: sid!, action, [list]: items, ...extra },
  };
}

/** Indices have a word for all of them; markets are simply not named. */
function selection(channel: Channel, list: StreamSpec['list'], items: readonly string[]): Params {
  if (!items.includes(ALL)) return { [list]: items };
  return CHANNEL_RULES[channel].items === 'references' ? { [list]: ['all'] } : {};
}

/** So many of the same kind as the first. */
function chunk(open: readonly (readonly [string, Item])[], most: number): [readonly string[], Params] {
  const initial = open[0]![1].sendInitialSnapshot;
  const alike = open.filter(([, { sendInitialSnapshot }]) => sendInitialSnapshot === initial);
  const items = alike.slice(0, most).map(([name]) => name);
  return [items, initial ? { send_initial_snapshot: true } : {}];
}

import { epochNow } from '../memory/clock.ts';
import type { ConnectionState } from './connection-state.ts';
import type { FeedCore } from './feed-core.ts';
import type { Subscriptions } from './subscriptions.ts';

/** The state of a feed: that of its worst connection in use, from `closed` (worst) to `subscribed`. */
export type FeedState = ConnectionState;

export interface ConnectionHealth {
  readonly connection: number;
  readonly account: string;
  readonly state: ConnectionState;
  /** Since when, ms since the epoch; 0 if it was never opened. */
  readonly since: number;
  /** How often it has been opened. */
  readonly epoch: number;
  readonly instruments: number;
  /** ms since the last bytes; undefined when there have been none. */
  readonly lastFrameAge: number | undefined;
  readonly reconnects: number;
  readonly lastError: { readonly code: string; readonly message: string } | undefined;
}

export interface FeedHealth {
  /** `ok`: all in use is subscribed. `down`: nothing is. */
  readonly status: 'ok' | 'degraded' | 'down';
  readonly state: FeedState;
  /** What keeps it from being `ok`, in words. */
  readonly reasons: readonly string[];
  readonly connections: readonly ConnectionHealth[];
  readonly accounts: readonly {
    readonly account: string;
    readonly status: 'ok' | 'degraded' | 'down';
    readonly instruments: number;
  }[];
}

const WORST_FIRST: readonly ConnectionState[] = [
  'closed',
  'disconnected',
  'degraded',
  'connecting',
  'authenticating',
  'subscribing',
  'resyncing',
  'subscribed',
];

export function feedState(core: FeedCore, inUse: (connection: number) => boolean): FeedState {
  if (core.closed) return 'closed';
  const states = core.slots
    .filter(({ place }) => inUse(place.connection))
    .map(({ place }) => core.stateOf(place.connection));
  return WORST_FIRST.find((state) => states.includes(state)) ?? 'disconnected';
}

export function feedHealth<Mode extends string>(
  core: FeedCore,
  subscriptions: Subscriptions<Mode>,
  state: FeedState,
): FeedHealth {
  const now = epochNow();
  const connections = core.slots
    .filter(({ place }) => subscriptions.inUse(place.connection))
    .map(({ place, connection, intake }): ConnectionHealth => {
      const error = connection?.lastError;
      return {
        ...place,
        state: core.stateOf(place.connection),
        since: connection?.since ?? 0,
        epoch: intake.epoch,
        instruments: subscriptions.countOf(place.connection),
        lastFrameAge: connection?.heardAt ? now - connection.heardAt : undefined,
        reconnects: connection?.reconnects ?? 0,
        lastError: error && { code: error.code, message: error.message },
      };
    });
  const reasons = connections
    .filter((connection) => connection.state !== 'subscribed')
    .map(({ connection, account, state, lastError }) => {
      const why = lastError ? `: ${lastError.message}` : '';
      return `connection ${connection} of account '${account}' is ${state}${why}`;
    });
  const unplaced = [...subscriptions.list()].filter(({ connection }) => connection === undefined).length;
  if (unplaced > 0) reasons.push(`${unplaced} instruments have no connection with room`);
  if (core.closed) reasons.unshift('the feed is closed');
  else if (!core.running) reasons.unshift('the feed is not started');
  else if (connections.length === 0) reasons.unshift('no connection is in use: subscribe to something');
  const accounts = [...new Set(connections.map(({ account }) => account))].map((account) => {
    const mine = connections.filter((connection) => connection.account === account);
    const instruments = mine.reduce((sum, connection) => sum + connection.instruments, 0);
    return { account, status: statusOf(mine), instruments };
  });
  const status = statusOf(connections);
  return {
    status: status === 'ok' && reasons.length > 0 ? 'degraded' : status,
    state,
    reasons,
    connections,
    accounts,
  };
}

function statusOf(connections: readonly ConnectionHealth[]): 'ok' | 'degraded' | 'down' {
  const up = connections.filter(({ state }) => state === 'subscribed').length;
  if (up === 0) return 'down';
  return up === connections.length ? 'ok' : 'degraded';
}

import type { TickringError } from '../errors.ts';
import { epochNow } from '../memory/clock.ts';
import type { ConnectionState } from './connection-state.ts';
import type { Place } from './subscriptions.ts';

/** The state of a feed: that of its worst connection in use, from `closed` (worst) to `subscribed`. */
export type FeedState = ConnectionState;

/** How a connection is doing, as the thread that it is on tells it. */
export interface ConnectionReport extends Place {
  readonly state: ConnectionState;
  /** Since when, ms since the epoch; 0 if it was never opened. */
  readonly since: number;
  readonly epoch: number;
  /** When the last bytes came, ms since the epoch; 0 for never. */
  readonly heardAt: number;
  readonly reconnects: number;
  readonly lastError: TickringError | undefined;
}

/** How a feed is doing, as the thread that its sockets are on tells it. */
export interface FeedReport {
  readonly phase: 'idle' | 'running' | 'closed';
  readonly connections: readonly ConnectionReport[];
}

/** What health looks at of a feed's subscriptions. */
export interface SubscriptionsSeen {
  /** Whether a connection is to be open, or was given up while it was. */
  inUse(connection: number): boolean;
  /** Instruments of one connection. */
  countOf(connection: number): number;
  /** All that are wanted, with the connection that they are on. */
  list(): Iterable<{ readonly connection: number | undefined }>;
}

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

export function feedState(
  { phase, connections }: FeedReport,
  inUse: (connection: number) => boolean,
): FeedState {
  if (phase === 'closed') return 'closed';
  const states = connections.filter(({ connection }) => inUse(connection)).map(({ state }) => state);
  return WORST_FIRST.find((state) => states.includes(state)) ?? 'disconnected';
}

/** How reasons speak of a venue's accounts and instruments. */
const WORDS = { account: 'account', instruments: 'instruments' };

/** @param words how reasons speak of what the venue has for accounts and instruments */
export function feedHealth(
  report: FeedReport,
  subscriptions: SubscriptionsSeen,
  words: typeof WORDS = WORDS,
): FeedHealth {
  const now = epochNow();
  const inUse = (connection: number) => subscriptions.inUse(connection);
  const connections = report.connections
    .filter(({ connection }) => inUse(connection))
    .map(({ connection, account, state, since, epoch, heardAt, reconnects, lastError }): ConnectionHealth => {
      return {
        connection,
        account,
        state,
        since,
        epoch,
        instruments: subscriptions.countOf(connection),
        lastFrameAge: heardAt === 0 ? undefined : now - heardAt,
        reconnects,
        lastError: lastError && { code: lastError.code, message: lastError.message },
      };
    });
  const reasons = connections
    .filter((connection) => connection.state !== 'subscribed')
    .map(({ connection, account, state, lastError }) => {
      const why = lastError ? `: ${lastError.message}` : '';
      return `connection ${connection} of ${words.account} '${account}' is ${state}${why}`;
    });
  const unplaced = [...subscriptions.list()].filter(({ connection }) => connection === undefined).length;
  if (unplaced > 0) reasons.push(`${unplaced} ${words.instruments} have no connection with room`);
  if (report.phase === 'closed') reasons.unshift('the feed is closed');
  else if (report.phase === 'idle') reasons.unshift('the feed is not started');
  else if (connections.length === 0) reasons.unshift('no connection is in use: subscribe to something');
  const accounts = [...new Set(connections.map(({ account }) => account))].map((account) => {
    const mine = connections.filter((connection) => connection.account === account);
    const instruments = mine.reduce((sum, connection) => sum + connection.instruments, 0);
    return { account, status: statusOf(mine), instruments };
  });
  const status = statusOf(connections);
  return {
    status: status === 'ok' && reasons.length > 0 ? 'degraded' : status,
    state: feedState(report, inUse),
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

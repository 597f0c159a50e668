import { none } from '../fault-table.ts';
import { KRAKEN_CHANNELS, type KrakenChannel } from './channels.ts';
import { KRAKEN_FAULTS, type KrakenFaultKind } from './faults.ts';

/** What was sent on one channel, over all connections ever. */
export interface KrakenChannelStats {
  /** Messages. */
  snapshots: number;
  updates: number;
  /** What was in them: levels, orders, trades, candles, reports, … */
  rows: number;
}

/** Running totals of a simulator. */
export interface Counters {
  /** Connections let in so far. */
  accepted: number;
  /** Upgrades refused. */
  refused: number;
  /** What clients sent. */
  requests: number;
  /** Answers with an error in them. */
  errorsSent: number;
  /** Answers to requests, those included. */
  repliesSent: number;
  heartbeatsSent: number;
  statusesSent: number;
  /** Text messages of all kinds, well-formed or not. */
  messagesSent: number;
  /** Their bytes, without WebSocket's own framing. */
  bytesSent: number;
  /** Things that happened in markets, or frames played. */
  events: number;
  accountEvents: number;
  /** Events that fell due and did not happen, because this process was too slow. */
  delayed: number;
  /** Connections cut off because their clients did not read. */
  slowClients: number;
  tokensIssued: number;
  tokensRefused: number;
  /** Market and account data that a correct client reads. */
  readonly channels: Record<KrakenChannel, KrakenChannelStats>;
}

/** What `inject` and `silence` did, apart from the rest. */
export interface InjectedCounters {
  /** How often each fault met a connection, or was ordered for a message to come; of those that meet no connection, how often. */
  readonly faults: Record<KrakenFaultKind, number>;
  /** Messages never sent, in none of the other counts. */
  dropped: number;
  /** Messages, heartbeats and replies that a silence swallowed, in none of the other counts. */
  silenced: number;
  /** Messages sent that nobody can read; not counted as data. */
  damaged: number;
  /** Of the messages sent, those with a wrong checksum, */
  wrongChecksums: number;
  /** those sent a second time, */
  duplicated: number;
  /** those sent after their successor, */
  reordered: number;
  /** and those that were written anew. */
  reserialised: number;
  /** Texts of a proxy and garbage. */
  texts: number;
}

/** {@link Counters}, what was injected, and how things stand now. */
export interface KrakenSimulatorStats extends Readonly<Counters> {
  readonly injected: Readonly<InjectedCounters>;
  /** Open connections. */
  readonly connections: number;
  /** Open subscriptions, over all of them. */
  readonly subscriptions: number;
  /** Bytes that wait for slow clients. */
  readonly bufferedBytes: number;
}

export function newCounters(): Counters {
  const channels = Object.fromEntries(
    KRAKEN_CHANNELS.map((channel) => [channel, { snapshots: 0, updates: 0, rows: 0 }]),
  ) as Record<KrakenChannel, KrakenChannelStats>;
  return {
    accepted: 0,
    refused: 0,
    requests: 0,
    errorsSent: 0,
    repliesSent: 0,
    heartbeatsSent: 0,
    statusesSent: 0,
    messagesSent: 0,
    bytesSent: 0,
    events: 0,
    accountEvents: 0,
    delayed: 0,
    slowClients: 0,
    tokensIssued: 0,
    tokensRefused: 0,
    channels,
  };
}

export function newInjectedCounters(): InjectedCounters {
  const faults = none(KRAKEN_FAULTS);
  return {
    faults,
    dropped: 0,
    silenced: 0,
    damaged: 0,
    wrongChecksums: 0,
    duplicated: 0,
    reordered: 0,
    reserialised: 0,
    texts: 0,
  };
}

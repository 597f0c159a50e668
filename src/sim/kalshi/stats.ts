import { none } from '../fault-table.ts';
import { KALSHI_FAULTS, type KalshiFaultKind } from './faults.ts';

/** Running totals of a simulator. */
export interface Counters {
  /** Connections let in so far. */
  accepted: number;
  /** Upgrades refused. */
  refused: number;
  /** Messages sent, by `type`: data, acks, errors. */
  readonly sent: Record<string, number>;
  /** All of these together, and texts that were no messages. */
  framesSent: number;
  /** Payload bytes of all messages, without WebSocket's own framing and before compression. */
  bytesSent: number;
  pingsSent: number;
  /** Commands carried out. */
  commands: number;
  /** Commands answered with an error. */
  rejectedCommands: number;
  /** Market events so far. */
  steps: number;
  /** Scripted acts so far. */
  acts: number;
  /** Market events that fell due and were skipped, because a client or this process was too slow. Never sent, never lost. */
  delayed: number;
  /** Subscriptions ended because their client was too slow. */
  overflows: number;
  /** Connections cut because pings were not answered, or because answers to commands were not read. */
  cut: number;
}

/** What `inject` did, apart from the rest, so that a checker can balance its books. */
export interface InjectedCounters {
  /** How often each fault met a connection; for those that meet the connecting, how many it met. */
  readonly faults: Record<KalshiFaultKind, number>;
  /** Frames left out: their sequence numbers are missing. */
  dropped: number;
  /** Frames sent a second time, in `sent` too. */
  duplicated: number;
  /** Frames sent after the one that followed them. */
  reordered: number;
  /** Frames cut in their middle, in `framesSent` but not in `sent`. */
  damaged: number;
  /** Frames sent in two pieces. */
  fragmented: number;
  /** Snapshots that were not sent. They have no sequence numbers. */
  snapshotsWithheld: number;
  /** Messages that a silence swallowed. */
  silenced: number;
  /** Commands that got no answer and had no effect. */
  commandsIgnored: number;
  /** Commands that got an error and had no effect, in `rejectedCommands` too. */
  commandsRefused: number;
}

/** {@link Counters}, what was injected, and how things stand now. */
export interface KalshiSimulatorStats extends Readonly<Counters> {
  readonly injected: Readonly<InjectedCounters>;
  /** Open connections. */
  readonly connections: number;
  /** Subscriptions over all of them. */
  readonly subscriptions: number;
  /** Bytes that wait for slow clients. */
  readonly bufferedBytes: number;
}

export function newCounters(): Counters {
  return {
    accepted: 0,
    refused: 0,
    sent: {},
    framesSent: 0,
    bytesSent: 0,
    pingsSent: 0,
    commands: 0,
    rejectedCommands: 0,
    steps: 0,
    acts: 0,
    delayed: 0,
    overflows: 0,
    cut: 0,
  };
}

export function newInjectedCounters(): InjectedCounters {
  const faults = none(KALSHI_FAULTS);
  return {
    faults,
    dropped: 0,
    duplicated: 0,
    reordered: 0,
    damaged: 0,
    fragmented: 0,
    snapshotsWithheld: 0,
    silenced: 0,
    commandsIgnored: 0,
    commandsRefused: 0,
  };
}

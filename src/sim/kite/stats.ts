import { none } from '../fault-table.ts';
import { KITE_FAULTS, type KiteFaultKind } from './faults.ts';
import { type KiteRejected, noRejected } from './reckon.ts';

/** Running totals of a simulator. */
export interface Counters {
  /** Connections let in so far. */
  accepted: number;
  /** Upgrades refused. */
  refused: number;
  /** Market data frames. */
  framesSent: number;
  /** Packets in them: ticks, snapshots and `injected.packets`. */
  packetsSent: number;
  ticksSent: number;
  snapshotsSent: number;
  heartbeatsSent: number;
  textsSent: number;
  /** Payload bytes of all messages, without WebSocket's own framing. */
  bytesSent: number;
  /** Client messages that could not be understood. */
  rejectedMessages: number;
  /** Ticks that fell due and were skipped, because a client or this process was too slow. Never sent, never lost. */
  delayed: number;
}

/** What `inject` did, apart from the rest, so that a checker can balance its books. */
export interface InjectedCounters {
  /** How often each fault met a connection; for those that meet the connecting, how many it met. */
  readonly faults: Record<KiteFaultKind, number>;
  /** Frames sent whole, in `framesSent` too. */
  frames: number;
  /** Packets in these that a correct client keeps, in `packetsSent` and `audit()` too. */
  packets: number;
  /** Of these frames, the malformed. */
  malformedFrames: number;
  /** What a correct client counts as rejected in them. */
  readonly rejected: KiteRejected;
  /** Frames begun and never ended. Their packets are counted nowhere: nobody can receive them. */
  cutFrames: number;
  /**
   * Giant frames, in none of the above. A client that takes frames of that size finds no packet and trailing bytes in it;
   * any other refuses the frame and ends the connection.
   */
  giantFrames: number;
  malformedTexts: number;
  unknownTexts: number;
}

/** {@link Counters}, what was injected, and how things stand now. */
export interface KiteSimulatorStats extends Readonly<Counters> {
  readonly injected: Readonly<InjectedCounters>;
  /** Open connections. */
  readonly connections: number;
  /** Instruments subscribed to, over all of them. */
  readonly subscriptions: number;
  /** Bytes that wait for slow clients. */
  readonly bufferedBytes: number;
}

export function newCounters(): Counters {
  return {
    accepted: 0,
    refused: 0,
    framesSent: 0,
    packetsSent: 0,
    ticksSent: 0,
    snapshotsSent: 0,
    heartbeatsSent: 0,
    textsSent: 0,
    bytesSent: 0,
    rejectedMessages: 0,
    delayed: 0,
  };
}

export function newInjectedCounters(): InjectedCounters {
  const faults = none(KITE_FAULTS);
  return {
    faults,
    frames: 0,
    packets: 0,
    malformedFrames: 0,
    rejected: noRejected(),
    cutFrames: 0,
    giantFrames: 0,
    malformedTexts: 0,
    unknownTexts: 0,
  };
}

export function copyInjected(injected: InjectedCounters): InjectedCounters {
  return { ...injected, faults: { ...injected.faults }, rejected: { ...injected.rejected } };
}

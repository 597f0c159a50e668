/** Running totals of a simulator. */
export interface Counters {
  /** Connections let in so far. */
  accepted: number;
  /** Upgrades refused. */
  refused: number;
  /** Market data frames. */
  framesSent: number;
  /** Packets in them: ticks and snapshots. */
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

/** {@link Counters}, and how things stand now. */
export interface KiteSimulatorStats extends Readonly<Counters> {
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

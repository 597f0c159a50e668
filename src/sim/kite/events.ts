import type { Refusal } from './admission.ts';
import type { KiteClientMessage } from './client-message.ts';
import type { KiteMode } from './packet-writer.ts';

/** Which connections something is meant for; all when nothing is given. */
export interface KiteTarget {
  /** A connection's id. */
  readonly connection?: number;
  readonly apiKey?: string;
}

/** What an open connection has asked for. */
export interface KiteConnectionSubscriptions {
  readonly id: number;
  readonly apiKey: string;
  readonly subscriptions: Map<number, KiteMode>;
}

/** Events of the Kite simulator. */
export interface KiteSimulatorEvents {
  /** A client was let in. */
  connection: [{ id: number; apiKey: string }];
  /** A client's message was applied. `size` is the number of instruments it has subscribed to now. */
  subscription: [KiteClientMessage & { connection: number; size: number }];
  /** A client's message could not be understood. */
  rejected: [{ connection: number; reason: string }];
  /** A connection has ended; `code` is WebSocket's close code. */
  disconnect: [{ id: number; apiKey: string; code: number }];
  /** An upgrade was refused. */
  refused: [Refusal];
  /** `tickLimit` is reached. */
  finished: [{ ticks: number }];
}

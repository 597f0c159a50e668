import type { Refusal } from './admission.ts';
import type { FrameTarget } from './armed-faults.ts';

/** Which connections something is meant for, and what on them; all when nothing is given. */
export interface KalshiTarget extends FrameTarget {
  /** A connection's id. */
  readonly connection?: number;
  readonly keyId?: string;
}

/** A subscription of an open connection. */
export interface KalshiSubscriptionState {
  readonly sid: number;
  readonly channel: string;
  /** Tickers, index ids or underlyings, in the order of their coming; `all` without a filter. */
  readonly items: readonly string[] | 'all';
  readonly useYesPrice: boolean;
  /** The latest sequence number given out; 0 before the first. */
  readonly seq: number;
}

/** What an open connection has asked for. */
export interface KalshiConnectionSubscriptions {
  readonly id: number;
  /** '' for a connection that was not signed. */
  readonly keyId: string;
  readonly subscriptions: readonly KalshiSubscriptionState[];
}

/** Events of the Kalshi simulator. */
export interface KalshiSimulatorEvents {
  /** A client was let in. */
  connection: [{ id: number; keyId: string }];
  /**
   * A command was carried out and answered, `code` 0; or got an error, whose code it is (the last, for several channels); or was
   * ignored on order, `undefined`. `cmd` is '' for what could not be read.
   */
  command: [{ connection: number; id: number | undefined; cmd: string; code: number | undefined }];
  /** A connection has ended; `code` is WebSocket's close code. */
  disconnect: [{ id: number; keyId: string; code: number }];
  /** An upgrade was refused. */
  refused: [Refusal];
  /** `stepLimit` is reached. */
  finished: [{ steps: number }];
}

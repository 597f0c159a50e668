import type { QuarantinedFrame } from '../../workers/lane.ts';
import type { TickringError } from '../errors.ts';
import type { StateChange } from '../feed/connection-state.ts';
import type { ExpelledReader } from '../feed/reader-watch.ts';
import type { OrderUpdate } from './protocol.ts';

/** Where something happened. */
export interface Origin {
  readonly connection: number;
  readonly account: string;
}

/** The instruments of one exchange on one connection. */
export interface StaleGroup extends Origin {
  readonly exchange: string;
  /** How many instruments of it are subscribed there. */
  readonly instruments: number;
  /** When the last tick of any of them was received, ms since the epoch; 0 for never. */
  readonly lastTickAt: number;
}

/** The events of a `KiteFeed`, and what their listeners get. */
export interface KiteFeedEvents {
  /** A connection went from one state to another. */
  state: [change: StateChange & Origin];
  /** Something failed. `origin` is undefined for what concerns no one connection. The feed goes on unless it says otherwise. */
  error: [error: TickringError, origin: Origin | undefined];
  /** A connection waits to try again. */
  retry: [retry: Origin & { readonly attempt: number; readonly delay: number }];
  /** A connection has tried often enough and stays down. `start()` tries again. */
  'gave-up': [origin: Origin & { readonly error: TickringError | undefined }];
  /** These instruments were on a connection that is down for good, and no other has room. They stay wanted. */
  unplaced: [unplaced: Origin & { readonly instruments: readonly number[] }];
  /** No tick of these instruments has come for `staleAfter`. */
  stale: [group: StaleGroup];
  /** A stale group ticks again. */
  fresh: [group: StaleGroup];
  /** An order was updated. */
  order: [order: OrderUpdate, origin: Origin];
  /** The broker has a message. */
  message: [message: unknown, origin: Origin];
  /** A text frame of a type that this version does not know. */
  unknown: [frame: { readonly type: string; readonly data: unknown }, origin: Origin];
  /** A frame was set aside because decoding it failed again and again: see `quarantined`. */
  quarantine: [frame: QuarantinedFrame];
  /** A gating reader was expelled because it blocked others and did not move. It gets an error when it comes back. */
  expelled: [reader: ExpelledReader];
  /** Closed for good. */
  closed: [];
}

import type { HandedOnReason, QuarantinedFrame } from '../../workers/lane.ts';
import type { TickringError } from '../errors.ts';
import type { StateChange } from '../feed/connection-state.ts';
import type { ExpelledReader } from '../feed/reader-watch.ts';
import type { BookResync } from './book-recovery.ts';
import type { Channel } from './channels.ts';
import type { KalshiEvent, MessageHead, MessageType } from './event-messages.ts';
import type { BookView, TickerView, TradeView } from './view.ts';

/** Where something happened. */
export interface KalshiOrigin {
  readonly connection: number;
}

/** What a connection held of a channel. */
export interface HeldSubscription {
  readonly channel: Channel;
  /** The service's number of it, on that connection. */
  readonly sid: number;
  /** Markets, indices or underlyings; empty for all. */
  readonly items: readonly string[];
}

/**
 * Something is missing.
 *
 * - `'sequence'`: a number of the subscription was due, and another came. Every book of it is not to be trusted;
 * - `'negative'`: a level would have become negative; `'unusable'`: a message of a book could not be applied. Only that book is
 *   not to be trusted;
 * - `'no-snapshot'`: the service acknowledged these books and did not send them in time;
 * - `'ended'`: the service ended the subscription, with the error `number`.
 *
 * On channels without books a gap is only reported: what was in it is to be had elsewhere, if at all.
 */
export interface GapEvent extends KalshiOrigin {
  readonly reason: 'sequence' | 'negative' | 'unusable' | 'no-snapshot' | 'ended';
  /** Undefined when the subscription is not known. */
  readonly channel: Channel | undefined;
  readonly sid: number | undefined;
  readonly expected: number | undefined;
  readonly received: number | undefined;
  /** The service's number of the error. */
  readonly number: number | undefined;
  /** Markets whose books are not to be trusted, or that the subscription was about; empty for all. */
  readonly markets: readonly string[];
}

/** A message of a type that this version does not know. */
export interface UnknownMessage extends MessageHead {
  /** The whole frame. */
  readonly text: string;
}

/** The messages that are parsed, each under the name of its type. */
export type KalshiMessageEvents = {
  [Type in MessageType]: [message: KalshiEvent<Type>];
};

/** The events of a `KalshiFeed` that are not market data, and what their listeners get. */
export interface KalshiControlEvents extends KalshiMessageEvents {
  /** A connection went from one state to another. */
  state: [change: StateChange & KalshiOrigin];
  /** Something failed. `origin` is undefined for what concerns no one connection. The feed goes on unless it says otherwise. */
  error: [error: TickringError, origin: KalshiOrigin | undefined];
  /** A connection waits to try again: `attempt` counts those in a row, from 1; `delay` is in ms. */
  retry: [retry: KalshiOrigin & { readonly attempt: number; readonly delay: number }];
  /** An open connection was lost, with what it held. It comes back by itself, and so do its subscriptions, unless it gives up. */
  'connection-lost': [
    lost: KalshiOrigin & {
      readonly error: TickringError;
      readonly subscriptions: readonly HeldSubscription[];
    },
  ];
  /** A connection has tried often enough, or was told to stay away, and stays down. `start()` tries again. */
  'gave-up': [origin: KalshiOrigin & { readonly error: TickringError | undefined }];
  /**
   * The service does not stream these any more. `'asked'`: because it was told so. `'missing'`: it does not have them. `'ended'`: of
   * its own accord, with the error `number`; they stay wanted, and are subscribed to again.
   */
  unsubscribed: [
    unsubscribed: KalshiOrigin & {
      readonly channel: Channel;
      readonly items: readonly string[];
      readonly reason: 'asked' | 'missing' | 'ended';
      readonly number: number | undefined;
    },
  ];
  /**
   * The service refused these, or did not answer. Those that had streamed before stay wanted, and are asked for again with the
   * next connect; others are wanted no longer.
   */
  refused: [
    refused: KalshiOrigin & {
      readonly channel: Channel;
      readonly items: readonly string[];
      readonly reason: string;
      readonly number: number | undefined;
    },
  ];
  /** Something is missing. What happens next to books is a `resync` event. */
  gap: [gap: GapEvent];
  /** Books are being mended, stand again, or are left as they are. */
  resync: [resync: BookResync];
  /** A message of a type that this version does not know. */
  message: [message: UnknownMessage];
  /** A frame that is no JSON or was not understood, or of which the decoder could not take everything. */
  unknown: [frame: { readonly reason: HandedOnReason; readonly text: string }, origin: KalshiOrigin];
  /** A frame was set aside because decoding it failed again and again: see `quarantined`. */
  quarantine: [frame: QuarantinedFrame];
  /** A gating reader was expelled because it blocked others and did not move. It gets an error when it comes back. */
  expelled: [reader: ExpelledReader];
  /** Listeners of market data were too slow: so many records were overwritten before they came to them. */
  lagged: [records: number];
  /** Closed for good: by `close()`, or because the signal of the options was aborted. */
  closed: [closed: { readonly reason: 'closed' | 'aborted' }];
}

/** Market data: views that are good until the listener returns. Costs nothing while nobody listens. */
export interface KalshiMarketEvents {
  ticker: [ticker: TickerView];
  trade: [trade: TradeView];
  /** A snapshot, a part of one that did not fit one record, or a change. */
  book: [book: BookView];
}

/** The events of a `KalshiFeed`, and what their listeners get. */
export interface KalshiFeedEvents extends KalshiControlEvents, KalshiMarketEvents {}

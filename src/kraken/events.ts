import type { HandedOnReason, QuarantinedFrame } from '../../workers/lane.ts';
import type { TickringError } from '../errors.ts';
import type { StateChange } from '../feed/connection-state.ts';
import type { ExpelledReader } from '../feed/reader-watch.ts';
import type { RefusedSubscription } from '../feed/subscription-error.ts';
import type { BookGap, BookResync } from './book-watch.ts';
import type { SystemStatus } from './messages.ts';
import type { BalanceEntry, BalancesMessage, ExecutionReport, ExecutionsMessage } from './private-events.ts';
import type { Endpoint } from './protocol.ts';
import type { SequenceGap } from './sequences.ts';
import type { BookView, CandleView, OrderView, TickerView, TradeView } from './view.ts';

/** Where something happened. */
export interface KrakenOrigin {
  readonly connection: number;
  readonly endpoint: Endpoint;
}

/** Something is missing: a book failed its check, or numbers of a private channel do not follow each other. */
export type GapEvent =
  | (BookGap & { readonly reason: 'checksum'; readonly channel: 'book' })
  | (SequenceGap & {
      readonly reason: 'sequence';
      readonly channel: 'executions' | 'balances';
      readonly connection: number;
    });

/** Reference data as it came: of all pairs and assets (snapshot), or of those that changed. */
export interface InstrumentsMessage {
  readonly snapshot: boolean;
  /** Kraken's own names: `symbol`, `base`, `quote`, `status`, `price_precision`, `qty_precision` … */
  readonly pairs: readonly Readonly<Record<string, unknown>>[];
  readonly assets: readonly Readonly<Record<string, unknown>>[];
}

/** The events of a `KrakenFeed` that are not market data, and what their listeners get. */
export interface KrakenControlEvents {
  /** A connection went from one state to another. */
  state: [change: StateChange & KrakenOrigin];
  /** Something failed. `origin` is undefined for what concerns no one connection. The feed goes on unless it says otherwise. */
  error: [error: TickringError, origin: KrakenOrigin | undefined];
  /** A connection waits to try again: after a failure, or because the connect budget or a maintenance says so. */
  retry: [
    retry: KrakenOrigin & {
      /** In a row, from 1; 0 when nothing failed. */
      readonly attempt: number;
      /** ms */
      readonly delay: number;
      readonly cause: 'failed' | 'budget' | 'maintenance';
    },
  ];
  /** A connection has tried often enough, or was told to stay away, and stays down. `start()` tries again. */
  'gave-up': [origin: KrakenOrigin & { readonly error: TickringError | undefined }];
  /** These were on a connection that is down for good, and no other has room. They stay wanted. */
  unplaced: [unplaced: KrakenOrigin & { readonly subscriptions: readonly RefusedSubscription[] }];
  /**
   * The service refused a subscription, or did not answer. One that had streamed before is `retried`: it stays wanted, and is
   * asked for again with the next connect. Others are wanted no longer.
   */
  refused: [refused: RefusedSubscription & { readonly connection: number; readonly retried: boolean }];
  /** The service has something to say about a subscription that it acknowledged, such as deprecations. */
  warning: [
    warning: KrakenOrigin & { channel: string; symbol: string | undefined; warnings: readonly string[] },
  ];
  /** State of the trading engine: with each connect, and whenever it changes. */
  status: [status: SystemStatus, origin: KrakenOrigin];
  /** Reference data. Parsed only where somebody listens; records of pairs are in the stream in any case. */
  instrument: [message: InstrumentsMessage, origin: KrakenOrigin];
  /** Something is missing. What happens next is a `resync` event. */
  gap: [gap: GapEvent];
  /** A book is being mended, stands again, or is left as it is. */
  resync: [resync: BookResync];
  /** One report. */
  execution: [report: ExecutionReport, message: ExecutionsMessage];
  /** A whole message, also an empty one. Before its reports. */
  executions: [message: ExecutionsMessage];
  /** One asset, or one entry of the ledger. */
  balance: [entry: BalanceEntry, message: BalancesMessage];
  /** A whole message, also an empty one. Before its entries. */
  balances: [message: BalancesMessage];
  /** A text that is no JSON: a proxy's, for one. */
  message: [text: string, origin: KrakenOrigin];
  /** A frame that was not understood, or whose records lack something. */
  unknown: [frame: { readonly reason: HandedOnReason; readonly text: string }, origin: KrakenOrigin];
  /** A frame was set aside because decoding it failed again and again: see `quarantined`. */
  quarantine: [frame: QuarantinedFrame];
  /** A gating reader was expelled because it blocked others and did not move. It gets an error when it comes back. */
  expelled: [reader: ExpelledReader];
  /** Listeners of market data were too slow: so many records were overwritten before they came to them. */
  lagged: [records: number];
  /** Closed for good. */
  closed: [];
}

/** Market data: views that are good until the listener returns. Costs nothing while nobody listens. */
export interface KrakenMarketEvents {
  ticker: [ticker: TickerView];
  trade: [trade: TradeView];
  /** A snapshot, an update, or a part of one that did not fit one record. */
  book: [book: BookView];
  ohlc: [candle: CandleView];
  /** An order of `level3`. */
  order: [order: OrderView];
}

/** The events of a `KrakenFeed`, and what their listeners get. */
export interface KrakenFeedEvents extends KrakenControlEvents, KrakenMarketEvents {}

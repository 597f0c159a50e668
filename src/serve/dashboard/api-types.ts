/** What the server answers, as far as the page reads it. */
import type { LatencySummary } from '/modules/memory/latency-histogram.js';
import type { ReaderStatus } from '/modules/memory/reader-table.js';

export interface ServerError {
  readonly code: string;
  readonly message: string;
}

export interface Info {
  readonly version: string;
  readonly venues: readonly {
    readonly venue: string;
    readonly simulated: boolean;
    readonly connections: readonly string[];
  }[];
  readonly subscriptions: { readonly enabled: boolean };
  readonly faults: boolean;
}

export interface SymbolEntry {
  readonly symbol: string;
  readonly name: string | null;
  readonly status: string;
}

export interface Symbols {
  readonly venues: Readonly<Record<string, readonly SymbolEntry[]>>;
}

/** Price, quantity and, where the venue tells, the number of orders. */
export type Level = readonly [price: string, quantity: string, orders?: number];

/** A `snapshot` or `update` of one symbol's stream; decimals are text. */
export interface BookUpdate {
  readonly state: string;
  readonly trusted: boolean;
  readonly spread: string | null;
  readonly last: string | null;
  readonly changePercent: string | null;
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
  /** Of snapshots only. */
  readonly check?: { readonly state: 'none' | 'matched' | 'failed' };
}

export interface ConnectionCounts {
  readonly connection: number;
  readonly frames: number;
  readonly records: number;
  readonly frameRingOccupancy: number;
  readonly recordRingOccupancy: number;
  readonly readers: readonly ReaderStatus[];
}

export interface VenueStats {
  readonly state: string;
  readonly stats: {
    readonly framesDropped: number;
    readonly framesTooLarge: number;
    readonly framesSkipped: number;
    readonly recordsDropped: number;
    readonly booksMatched: number;
    readonly booksFailed: number;
    readonly rates: { readonly framesPerSecond: number; readonly recordsPerSecond: number };
    readonly connections: readonly ConnectionCounts[];
  };
  readonly health: { readonly connections: readonly ConnectionHealth[] };
  readonly recent: { readonly receiveToPublish: LatencySummary };
}

export interface Stats {
  readonly at: number;
  readonly venues: Readonly<Record<string, VenueStats>>;
}

export interface ConnectionHealth {
  readonly connection: number;
  readonly name: string;
  readonly state: string;
  readonly since: number;
  readonly reconnects: number;
  readonly subscriptions: number;
}

export interface FeedEvent {
  readonly id: number;
  readonly at: number;
  readonly venue: string;
  readonly type: string;
  readonly connection?: number | null;
  readonly [field: string]: unknown;
}

export interface PanelFault {
  readonly name: string;
  readonly fault: string;
  readonly value: number | null;
}

export interface Faults {
  readonly venues: Readonly<Record<string, { readonly panel: readonly PanelFault[] }>>;
}

import type { Answer, Call } from './calls.ts';
import type { ServeEvent } from './events.ts';
import type { ServeOptions } from './options.ts';
import type { FaultRequest, SubscribedSymbol, VenueFaults, VenueHealth } from './venues/venue-feed.ts';

/** What the server's thread is started with. */
export interface HttpTask {
  readonly options: ServeOptions;
  readonly venues: readonly ServedVenue[];
  /** ms since the epoch */
  readonly startedAt: number;
}

/** A venue, for the server's thread. */
export interface ServedVenue {
  readonly venue: string;
  readonly simulated: boolean;
  readonly handle: unknown;
  readonly connections: readonly string[];
  readonly names: readonly string[];
}

/** How late a thread's event loop was, seconds. */
export interface LoopDelays {
  readonly mean: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface FeedsStats {
  /** By venue. */
  readonly venues: Readonly<Record<string, { readonly state: string; readonly stats: object }>>;
  readonly eventLoop: LoopDelays;
}

/** What the server's thread may ask of the feeds' thread. */
export interface ControlMethods {
  symbols(): Record<string, SubscribedSymbol[]>;
  health(): Record<string, VenueHealth>;
  stats(): FeedsStats;
  /** What could be subscribed to besides, whose names contain the query. */
  available(venue: string, query: string, limit: number): string[];
  /** @throws RequestError, ArgumentError, CapacityError */
  subscribe(venue: string, symbols: readonly string[]): Promise<SubscribedSymbol[]>;
  /** @throws RequestError, ArgumentError */
  unsubscribe(venue: string, symbols: readonly string[]): Promise<SubscribedSymbol[]>;
  faults(): Record<string, VenueFaults>;
  /** @throws ArgumentError */
  inject(venue: string, fault: FaultRequest): Promise<number>;
}

export type ToHttp =
  | Answer
  | { readonly type: 'event'; readonly event: ServeEvent }
  /** What a venue is subscribed to has changed. */
  | { readonly type: 'names'; readonly venue: string; readonly names: readonly string[] }
  /** The state of a feed as a whole has changed. */
  | {
      readonly type: 'feed-state';
      readonly venue: string;
      readonly state: string;
      readonly previous: string;
      readonly at: number;
    }
  /** @param deadline ms */
  | { readonly type: 'close'; readonly deadline: number };

export type FromHttp =
  | Call
  | { readonly type: 'listening'; readonly port: number }
  /** It cannot listen. */
  | { readonly type: 'refused'; readonly message: string };

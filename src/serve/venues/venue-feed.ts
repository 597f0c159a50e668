import type { ConnectionState } from '../../feed/connection-state.ts';
import type { ConnectionStats, FeedStats } from '../../feed/statistics.ts';
import type { ServeEventType } from '../events.ts';

/** What is served of one venue. */
export interface VenueOptions {
  /** From a simulator that the server starts; otherwise from the real service. */
  readonly simulated: boolean;
  /** Undefined: all that the simulator has, at most `MOST_DEFAULT_SYMBOLS`. */
  readonly symbols: readonly string[] | undefined;
  /** Events a second that the simulator offers; Infinity for as many as the sockets take. */
  readonly rate: number | undefined;
  /** Where the service listens, if it is not the usual place. */
  readonly url: string | undefined;
  /** Levels a side of books, where the venue lets one choose. */
  readonly depth: number | undefined;
}

/** So many symbols of a simulator are served if none are named. */
export const MOST_DEFAULT_SYMBOLS = 300;

/** A symbol that is subscribed to. */
export interface SubscribedSymbol {
  readonly symbol: string;
  readonly name: string | null;
  readonly status: 'live' | 'pending' | 'refused';
  readonly connection: number | null;
  /** What the venue says of it besides: mode, channels, depth. */
  readonly [more: string]: unknown;
}

export interface VenueConnectionHealth {
  readonly connection: number;
  /** Account or endpoint. */
  readonly name: string;
  readonly state: ConnectionState;
  /** Since when, ms since the epoch. */
  readonly since: number;
  /** How often it has been opened. */
  readonly epoch: number;
  readonly subscriptions: number;
  /** ms since the last bytes; null when there have been none. */
  readonly lastFrameAge: number | null;
  readonly reconnects: number;
  readonly lastError: { readonly code: string; readonly message: string } | null;
}

/** What all venues count; each has more. */
export interface VenueStats extends Omit<FeedStats, 'connections'> {
  readonly connections: readonly Omit<ConnectionStats, 'account'>[];
}

export interface VenueHealth {
  readonly status: 'ok' | 'degraded' | 'down';
  readonly state: ConnectionState;
  readonly reasons: readonly string[];
  readonly connections: readonly VenueConnectionHealth[];
}

/** The number that a fault comes with. */
export interface FaultValue {
  readonly name: string;
  readonly default: number | null;
  readonly low: number;
  readonly high: number;
}

/** What can be made to go wrong at a simulated venue. */
export interface VenueFaults {
  /** Those that show best, by what they do. */
  readonly panel: readonly { readonly name: string; readonly fault: string; readonly value: number | null }[];
  readonly faults: readonly { readonly fault: string; readonly value: FaultValue | null }[];
}

export interface FaultRequest {
  readonly fault: string;
  readonly value: number | undefined;
  readonly symbol: string | undefined;
}

/** What an event says besides when, and of which venue. */
export interface VenueEvent {
  readonly type: ServeEventType;
  /** ms since the epoch; now, without it. */
  readonly at?: number;
  readonly [more: string]: unknown;
}

/** A venue on the feeds' thread. All that it answers is structured-cloneable. */
export interface VenueFeed {
  readonly simulated: boolean;
  /** For the reading side, on another thread. */
  readonly handle: unknown;
  /** Names of the connections, by number: accounts or endpoints. */
  readonly connections: readonly string[];
  /** Starts the feed, and has it subscribe to what was asked for; does not wait for the service. */
  start(): Promise<void>;
  /** @throws RequestError, ArgumentError, CapacityError */
  subscribe(symbols: readonly string[]): Promise<void>;
  /** @throws ArgumentError */
  unsubscribe(symbols: readonly string[]): Promise<void>;
  symbols(): SubscribedSymbol[];
  /** Names of all that is subscribed to. */
  names(): string[];
  /** What could be subscribed to besides, as far as that is known. */
  available(): readonly string[];
  readonly state: ConnectionState;
  health(): VenueHealth;
  stats(): VenueStats;
  /** Undefined when no simulator is behind it. */
  faults(): VenueFaults | undefined;
  /**
   * @returns how many connections it met
   * @throws ArgumentError
   */
  inject(fault: FaultRequest): Promise<number>;
  /** @param deadline ms for closing handshakes */
  close(deadline: number): Promise<void>;
}

/** Makes a venue's feed, and starts its simulator. */
export type OpenVenueFeed = (options: VenueOptions, tell: (event: VenueEvent) => void) => Promise<VenueFeed>;

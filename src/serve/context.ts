import type { Caller } from './calls.ts';
import type { ControlMethods, FeedsStats, HttpTask } from './control.ts';
import type { Directory } from './directory.ts';
import type { Asset } from './http/assets.ts';
import type { Cached } from './http/cached.ts';
import type { Guard } from './http/guard.ts';
import type { Logger } from './http/logger.ts';
import type { LoopWatch } from './loop-delays.ts';
import type { ServerMetrics } from './metrics/server-metrics.ts';
import type { ServeOptions } from './options.ts';
import type { ServerCounts } from './server-counts.ts';
import type { EventLog } from './streams/event-log.ts';
import type { RecordHub } from './streams/record-hub.ts';
import type { SseRoom } from './streams/sse-room.ts';
import type { StreamHub } from './streams/stream-hub.ts';
import type { SubscribedSymbol, VenueHealth } from './venues/venue-feed.ts';

/** What routes have at hand, on the server's thread. */
export interface ServeContext {
  readonly options: ServeOptions;
  readonly startedAt: HttpTask['startedAt'];
  readonly directory: Directory;
  readonly control: Caller<ControlMethods>;
  readonly symbols: Cached<Record<string, SubscribedSymbol[]>>;
  readonly health: Cached<Record<string, VenueHealth>>;
  readonly stats: Cached<FeedsStats>;
  /** Venues that have been subscribed to all that they want, once. */
  readonly ready: ReadonlySet<string>;
  readonly guard: Guard;
  readonly assets: ReadonlyMap<string, Asset>;
  readonly room: SseRoom;
  readonly streams: StreamHub;
  readonly records: RecordHub;
  readonly events: EventLog;
  readonly counts: ServerCounts;
  readonly metrics: ServerMetrics;
  readonly loop: LoopWatch;
  readonly log: Logger;
}

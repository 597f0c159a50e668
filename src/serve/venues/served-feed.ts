import { ArgumentError } from '../../errors.ts';
import type { ConnectionState } from '../../feed/connection-state.ts';
import type { FaultTable } from '../../sim/fault-table.ts';
import { RequestError } from '../errors.ts';
import type { SimulatorThread } from '../simulator-thread.ts';
import { FaultDesk } from './fault-desk.ts';
import type {
  FaultRequest,
  SubscribedSymbol,
  VenueEvent,
  VenueFeed,
  VenueHealth,
  VenueStats,
} from './venue-feed.ts';

/** What the feeds of all venues have. */
interface AnyFeed {
  readonly handle: unknown;
  readonly state: ConnectionState;
  stats(): VenueStats;
  reader(options: { kind: 'gating' }): Disposable;
  close(options: { deadline: number }): Promise<void>;
}

/** A simulator behind a feed, and what can be made to go wrong there. */
export interface Simulated<Fault extends { readonly kind: string }> {
  readonly simulator: SimulatorThread;
  readonly table: FaultTable<Fault>;
  /** Faults that show best, by what they do. */
  readonly panel: Readonly<Record<string, Fault['kind']>>;
}

/** What is the same for all venues that are served. */
export abstract class ServedFeed<Feed extends AnyFeed, Fault extends { readonly kind: string }>
  implements VenueFeed
{
  readonly simulated: boolean;
  protected readonly feed: Feed;
  protected readonly tell: (event: VenueEvent) => void;
  readonly #available: readonly string[];
  readonly #faults: FaultDesk<Fault> | undefined;

  /** @param simulated undefined for a feed of the real service; `'elsewhere'` for that of a simulator which is another's to break */
  constructor(
    feed: Feed,
    simulated: Simulated<Fault> | 'elsewhere' | undefined,
    tell: (event: VenueEvent) => void,
  ) {
    this.feed = feed;
    this.tell = tell;
    this.simulated = simulated !== undefined;
    const ours = simulated === 'elsewhere' ? undefined : simulated;
    this.#available = ours?.simulator.greeting.symbols ?? [];
    if (!ours) return;
    const { simulator, table, panel } = ours;
    this.#faults = new FaultDesk(simulator, table, panel, () => feed.reader({ kind: 'gating' }));
    simulator.onFailure(({ code, message }) => tell({ type: 'error', connection: null, code, message }));
  }

  abstract readonly connections: readonly string[];
  abstract start(): Promise<void>;
  abstract subscribe(symbols: readonly string[]): Promise<void>;
  abstract unsubscribe(symbols: readonly string[]): Promise<void>;
  abstract symbols(): SubscribedSymbol[];
  abstract names(): string[];
  abstract health(): VenueHealth;

  get handle(): unknown {
    return this.feed.handle;
  }

  get state(): ConnectionState {
    return this.feed.state;
  }

  available(): readonly string[] {
    return this.#available;
  }

  stats(): VenueStats {
    return this.feed.stats();
  }

  faults(): ReturnType<VenueFeed['faults']> {
    return this.#faults?.list();
  }

  async inject(request: FaultRequest): Promise<number> {
    if (!this.#faults) throw new ArgumentError('there is no simulator behind this venue that could be told');
    return this.#faults.inject(request);
  }

  /** For what is wanted from the start: the service may be down, and answer later; what it refuses is an event. */
  protected subscribeLater(symbols: readonly string[]): void {
    if (symbols.length === 0) return;
    this.subscribe(symbols).catch((error: Error) => {
      if (error instanceof RequestError) return;
      const { code = 'ERR_TICKRING_SUBSCRIPTION' } = error as { code?: string };
      this.tell({ type: 'error', connection: null, code, message: error.message });
    });
  }

  async close(deadline: number): Promise<void> {
    await this.feed.close({ deadline });
    await this.#faults?.close();
  }
}

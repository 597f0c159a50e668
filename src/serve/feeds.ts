import { ArgumentError } from '../errors.ts';
import type { ControlMethods, FeedsStats, ServedVenue, ToHttp } from './control.ts';
import { RequestError } from './errors.ts';
import { LoopWatch } from './loop-delays.ts';
import type { ServeOptions } from './options.ts';
import { FEEDS } from './venues/feeds.ts';
import type {
  OpenVenueFeed,
  SubscribedSymbol,
  VenueEvent,
  VenueFeed,
  VenueOptions,
} from './venues/venue-feed.ts';

/** How long a service may take to acknowledge, ms, before who subscribed is told that it may still come. */
const SUBSCRIBE_DEADLINE = 8000;

/** How to open some venues' feeds. */
export type OwnFeeds = Readonly<Record<string, OpenVenueFeed>>;

/** Feeds of all venues that are served, on the thread that starts them; it does what the server's thread asks for. */
export class Feeds implements ControlMethods {
  readonly #options: ServeOptions;
  readonly #feeds = new Map<string, VenueFeed>();
  /** Those that were opened here. */
  readonly #closing = new Set<VenueFeed>();
  readonly #states = new Map<string, string>();
  readonly #loop = new LoopWatch();
  #post: (message: ToHttp) => void = () => {};
  #events = 0;

  private constructor(options: ServeOptions) {
    this.#options = options;
  }

  /**
   * Makes feeds, and starts their simulators. Nothing connects yet.
   *
   * @param own feeds of the program's own, by venue: they are served, and stay open in the end
   * @throws ArgumentError for what a venue cannot do
   */
  static async open(options: ServeOptions, own: OwnFeeds = {}): Promise<Feeds> {
    const feeds = new Feeds(options);
    const venues = Object.entries(options.venues);
    const opening = await Promise.allSettled(
      venues.map(([venue, venueOptions]) => feeds.#open(venue, venueOptions, own[venue])),
    );
    // In the order of the options, whichever was the first to be open.
    for (const [nth, [venue]] of venues.entries()) {
      const opened = opening[nth]!;
      if (opened.status !== 'fulfilled') continue;
      feeds.#add(venue, opened.value);
      if (!own[venue]) feeds.#closing.add(opened.value);
    }
    const failed = opening.find((opened) => opened.status === 'rejected');
    if (!failed) return feeds;
    await feeds.close(0);
    throw failed.reason;
  }

  async #open(venue: string, options: VenueOptions, own: OpenVenueFeed | undefined): Promise<VenueFeed> {
    const open = own ?? (await FEEDS[venue]!());
    return open(options, (event) => this.#tell(venue, event));
  }

  #add(venue: string, feed: VenueFeed): void {
    this.#feeds.set(venue, feed);
    this.#states.set(venue, feed.state);
  }

  /** @param post tells the server's thread */
  async start(post: (message: ToHttp) => void): Promise<void> {
    this.#post = post;
    for (const [venue, feed] of this.#feeds) {
      await feed.start();
      this.#tellNames(venue);
    }
  }

  /** What the server's thread needs to read them. */
  served(): ServedVenue[] {
    return Array.from(this.#feeds, ([venue, feed]) => {
      const { simulated, handle, connections } = feed;
      return { venue, simulated, handle, connections, names: feed.names() };
    });
  }

  symbols(): Record<string, SubscribedSymbol[]> {
    return this.#each((feed) => feed.symbols());
  }

  health(): ReturnType<ControlMethods['health']> {
    return this.#each((feed) => feed.health());
  }

  stats(): FeedsStats {
    const venues = this.#each((feed) => ({ state: feed.state, stats: feed.stats() }));
    return { venues, eventLoop: this.#loop.delays() };
  }

  available(venue: string, query: string, limit: number): string[] {
    const wanted = query.toUpperCase();
    const names = new Set(this.#feed(venue).names());
    const found: string[] = [];
    for (const symbol of this.#feed(venue).available()) {
      if (found.length >= limit) break;
      if (symbol.includes(wanted) && !names.has(symbol)) found.push(symbol);
    }
    return found;
  }

  async subscribe(venue: string, symbols: readonly string[]): Promise<SubscribedSymbol[]> {
    const feed = this.#feed(venue);
    const names = new Set(feed.names());
    const fresh = symbols.filter((symbol) => !names.has(symbol));
    const { limit } = this.#options.subscriptions;
    if (names.size + fresh.length > limit) {
      throw new RequestError('LIMIT', `${venue} has ${names.size} symbols, and may have ${limit}`, { limit });
    }
    if (fresh.length > 0) {
      const subscribing = feed.subscribe(fresh);
      // They are wanted from now on, whenever the service answers.
      this.#tellNames(venue);
      try {
        await inTime(subscribing);
      } finally {
        this.#tellNames(venue);
      }
      this.#tell(venue, { type: 'subscribed', symbols: fresh });
    }
    return feed.symbols();
  }

  async unsubscribe(venue: string, symbols: readonly string[]): Promise<SubscribedSymbol[]> {
    const feed = this.#feed(venue);
    const names = new Set(feed.names());
    const gone = symbols.filter((symbol) => names.has(symbol));
    if (gone.length > 0) {
      await inTime(feed.unsubscribe(gone));
      this.#tellNames(venue);
      this.#tell(venue, { type: 'unsubscribed', symbols: gone });
    }
    return feed.symbols();
  }

  faults(): ReturnType<ControlMethods['faults']> {
    const known = Array.from(this.#feeds, ([venue, feed]) => [venue, feed.faults()] as const);
    return Object.fromEntries(known.flatMap(([venue, faults]) => (faults ? [[venue, faults]] : [])));
  }

  async inject(venue: string, request: Parameters<ControlMethods['inject']>[1]): Promise<number> {
    const met = await this.#feed(venue).inject(request);
    const { fault, value = null, symbol = null } = request;
    this.#tell(venue, { type: 'fault', fault, value, symbol, met });
    return met;
  }

  /** Never rejects. */
  async close(deadline: number): Promise<void> {
    this.#loop.close();
    await Promise.all(Array.from(this.#closing, (feed) => feed.close(deadline)));
  }

  #feed(venue: string): VenueFeed {
    const feed = this.#feeds.get(venue);
    if (feed) return feed;
    throw new ArgumentError(`${venue} is not served; there are: ${[...this.#feeds.keys()].join(', ')}`);
  }

  #each<Result>(ask: (feed: VenueFeed) => Result): Record<string, Result> {
    return Object.fromEntries(Array.from(this.#feeds, ([venue, feed]) => [venue, ask(feed)]));
  }

  #tell(venue: string, { at = Date.now(), type, ...more }: VenueEvent): void {
    const event = { ...more, id: ++this.#events, at, venue, type };
    this.#post({ type: 'event', event });
    if (type === 'refused') this.#tellNames(venue);
    if (type === 'state') this.#tellState(venue, at);
  }

  #tellState(venue: string, at: number): void {
    const previous = this.#states.get(venue);
    const state = this.#feeds.get(venue)?.state;
    if (state === undefined || previous === undefined || state === previous) return;
    this.#states.set(venue, state);
    this.#post({ type: 'feed-state', venue, state, previous, at });
  }

  #tellNames(venue: string): void {
    this.#post({ type: 'names', venue, names: this.#feed(venue).names() });
  }
}

/** What the service does not acknowledge in time stays wanted, and is not waited for. */
async function inTime(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, SUBSCRIBE_DEADLINE);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    // Told as events then.
    work.catch(() => {});
  }
}

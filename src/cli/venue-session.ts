import { ArgumentError } from '../errors.ts';
import { RecordReader } from '../memory/record-reader.ts';
import type { RecordView } from '../memory/record-view.ts';
import { type RecentLatencies, RecentLatenciesMeter } from '../serve/metrics/recent-latencies.ts';
import { nearMatches } from '../serve/near-matches.ts';
import { FEEDS } from '../serve/venues/feeds.ts';
import { READINGS } from '../serve/venues/readings.ts';
import type { VenueEvent, VenueFeed, VenueOptions } from '../serve/venues/venue-feed.ts';
import type { SymbolReading, VenueReading } from '../serve/venues/venue-reading.ts';

/** Closing handshakes and simulators get so long, ms. */
const CLOSE_DEADLINE = 1000;

/** So many names like it are told to who asks for a symbol that there is not. */
const MOST_NEAR = 5;

/** A symbol that is streamed, and how to read it. */
export interface SessionSymbol {
  readonly venue: string;
  readonly symbol: string;
  readonly name: string | null;
  readonly reading: SymbolReading;
}

/** A venue's feed, on this thread, and its shared memory. */
export interface SessionVenue {
  readonly venue: string;
  readonly feed: VenueFeed;
  readonly reading: VenueReading;
  latencies(): RecentLatencies;
}

/** Feeds of a command's own, with their simulators. Nothing connects before `start`, so that readers are there first. */
export class VenueSession {
  readonly venues: readonly SessionVenue[];
  readonly #notices: Notices;
  readonly #symbols = new Map<string, SessionSymbol>();
  readonly #meters: RecentLatenciesMeter[] = [];
  readonly #readers: RecordReader<UnreadRecord>[] = [];

  private constructor(venues: readonly SessionVenue[], notices: Notices) {
    this.venues = venues;
    this.#notices = notices;
  }

  /**
   * Makes feeds, and starts simulators.
   *
   * @param onNotice is told of everything that somebody should know
   * @throws ArgumentError for symbols that a simulator does not have, and what a venue cannot do
   */
  static async open(
    choice: Readonly<Record<string, VenueOptions>>,
    onNotice: (text: string) => void = () => {},
  ): Promise<VenueSession> {
    const venues: SessionVenue[] = [];
    const notices = new Notices(onNotice);
    const session = new VenueSession(venues, notices);
    try {
      for (const [venue, options] of Object.entries(choice)) {
        const openFeed = await FEEDS[venue]!();
        const openReading = await READINGS[venue]!();
        const feed = await openFeed(options, (event) => notices.tell(venue, event));
        const reading = openReading(feed.handle);
        const meter = new RecentLatenciesMeter({ reading });
        session.#meters.push(meter);
        venues.push({ venue, feed, reading, latencies: () => meter.recent() });
        checkSymbols(venue, options.symbols ?? [], feed.available());
      }
    } catch (error) {
      await session.close();
      throw error;
    }
    return session;
  }

  /** Connects; does not wait for the services. */
  async start(): Promise<void> {
    for (const { feed } of this.venues) await feed.start();
  }

  /** What is subscribed to now. */
  symbols(): SessionSymbol[] {
    return this.venues.flatMap(({ venue, feed, reading }) =>
      feed.symbols().map(({ symbol, name }) => {
        const key = `${venue} ${symbol}`;
        let known = this.#symbols.get(key);
        if (!known) {
          known = { venue, symbol, name, reading: reading.symbol(symbol) };
          this.#symbols.set(key, known);
        }
        return known;
      }),
    );
  }

  /** The newest thing that somebody should know; undefined while all is well. */
  get notice(): string | undefined {
    return this.#notices.last;
  }

  /** Reads all records from now on, so that there is a lag, and a latency up to reading, to show. */
  readRecords(): void {
    for (const { reading } of this.venues) {
      const reader = new RecordReader(reading.arenas, () => UNREAD);
      this.#readers.push(reader);
      void readAll(reader);
    }
  }

  /** Never rejects. */
  async close(): Promise<void> {
    this.#notices.end();
    for (const each of [...this.#meters, ...this.#readers]) each.close();
    await Promise.all(this.venues.map(({ feed }) => feed.close(CLOSE_DEADLINE)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** @throws ArgumentError */
function checkSymbols(venue: string, wanted: readonly string[], available: readonly string[]): void {
  // What the real services have is not known beforehand.
  if (available.length === 0) return;
  const known = new Set(available);
  for (const symbol of wanted) {
    if (known.has(symbol)) continue;
    const near = nearMatches(symbol, available, MOST_NEAR);
    const hint = near.length > 0 ? `; did you mean ${near.join(', ')}?` : '';
    throw new ArgumentError(`the simulator of ${venue} has no ${symbol}${hint}`);
  }
}

/** Events that are worth a line. */
class Notices {
  last: string | undefined;
  #ended = false;
  readonly #onNotice: (text: string) => void;

  constructor(onNotice: (text: string) => void) {
    this.#onNotice = onNotice;
  }

  /** What goes wrong from now on is only that everything is closed. */
  end(): void {
    this.#ended = true;
  }

  tell(venue: string, event: VenueEvent): void {
    const text = noticeOf(event);
    if (text === undefined || this.#ended) return;
    this.last = `${venue}: ${text}`;
    this.#onNotice(this.last);
  }
}

function noticeOf({ type, message, name, symbol, reason }: VenueEvent): string | undefined {
  switch (type) {
    case 'error':
      return String(message);
    case 'gave-up':
      return `${name} gave up: ${message ?? 'no more attempts'}`;
    case 'refused':
      return `${symbol} was refused: ${reason}`;
    case 'quarantine':
      return `a frame was set aside: ${message}`;
    default:
      return undefined;
  }
}

/** A view that looks at nothing: what is in the records is read elsewhere. */
class UnreadRecord implements RecordView<UnreadRecord> {
  moveTo(): this {
    return this;
  }
}

const UNREAD = new UnreadRecord();

async function readAll(reader: RecordReader<UnreadRecord>): Promise<void> {
  for await (const batch of reader) for (const _ of batch);
}

import type { Arena } from '../../memory/arena.ts';

/** Best bid and ask, and what else is worth streaming. Decimals are text with all their digits; null: there is none. */
export interface Quote {
  readonly venue: string;
  readonly symbol: string;
  /** That of the book: `empty`, `snapshot`, `live`, `resyncing`, `degraded`. */
  readonly state: string;
  readonly trusted: boolean;
  readonly bid: string | null;
  readonly bidQuantity: string | null;
  readonly ask: string | null;
  readonly askQuantity: string | null;
  readonly spread: string | null;
  readonly last: string | null;
  readonly changePercent: string | null;
  readonly volume: string | null;
  /** The venue's time, and when it was received, ms since the epoch. */
  readonly asOf: number | null;
  readonly receivedAt: number | null;
}

/** Price and quantity; where the venue tells, the number of orders. */
export type Level = readonly [price: string, quantity: string, orders?: number];

export interface Sides {
  /** Best first. */
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

export interface Depth extends Quote, Sides {
  readonly check: {
    /** What the venue's messages have for it; null: each message is the whole book. */
    readonly by: 'checksum' | 'sequence' | null;
    readonly state: 'none' | 'matched' | 'failed';
    /** Checksums. */
    readonly expected: number | null;
    readonly computed: number | null;
  };
  readonly epoch: number;
  readonly goodUntil: number | null;
  readonly mid: string | null;
  /** The spread in hundredths of a percent of the mid. */
  readonly spreadBps: number | null;
}

/** One symbol, read from shared memory. */
export interface SymbolReading {
  /** Goes up by two with each change of what is read, wrapping at 2^32; 0 while nothing has come. Costs a few atomic loads. */
  stamp(): number;
  quote(): Quote;
  /** The quote with so many levels a side. */
  levels(count: number): Quote & Sides;
  depth(levels: number): Depth;
  /**
   * The newest record, or undefined when there has been none.
   *
   * @param channel of venues that have several; default: the one that says most
   * @throws RequestError for a channel that there is not
   */
  tick(channel: string | undefined): object | undefined;
}

/** Texts of the ids that records have instead of symbols. */
export interface SymbolTexts {
  readonly size: number;
  text(id: number): string;
}

/** A venue as the server's thread sees it: its arenas, and nothing of its sockets. */
export interface VenueReading {
  readonly arenas: readonly Arena[];
  /** Undefined for a venue whose records name instruments by themselves. */
  texts(connection: number): SymbolTexts | undefined;
  symbol(name: string): SymbolReading;
}

/** Attaches to the handle of a venue's feed. */
export type OpenVenueReading = (handle: unknown) => VenueReading;

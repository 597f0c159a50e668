import type { RecordMemory } from '/modules/memory/record-view.js';
import type { Quote } from '../quote.ts';

/** Finds the quote of a symbol; undefined for one that is not watched. */
export type FindQuote = (symbol: string) => Quote | undefined;

/** What a venue's messages have for checking books by, in words. */
export interface BookCheck {
  readonly title: string;
  readonly matched: string;
  readonly failed: string;
  /** What gives away that messages are missing. */
  readonly givenAwayBy: string;
  /** Whether each book is checked by itself; otherwise all of a subscription are checked together. */
  readonly ofEachBook: boolean;
}

/** What the page has to know of a venue. */
export interface Venue {
  readonly label: string;
  /** Its colour in lists and charts, a variable of the style sheet. */
  readonly color: string;
  /** Levels that its books have at least; as many are in the ladder. */
  readonly levels: number;
  /** Levels worth drawing in the depth chart. */
  readonly chartLevels: number;
  /** Whether levels tell their number of orders. */
  readonly orders: boolean;
  /** How it is known whether a book is right; undefined: each message is the whole book. */
  readonly check: BookCheck | undefined;
  /** Whether a symbol can be added that the server does not list: an instrument token, say. */
  isSymbol(text: string): boolean;
  /** The module with its views, imported when there is something to read. */
  open(): Promise<OpenRecords>;
}

/**
 * Puts the venue's views over records.
 *
 * @param text the text of a symbol id
 * @returns reads the record at a byte offset into its quote, and answers that; undefined if it says nothing of one
 */
export type OpenRecords = (
  memory: RecordMemory,
  text: (id: number) => string,
) => (offset: number, find: FindQuote) => Quote | undefined;

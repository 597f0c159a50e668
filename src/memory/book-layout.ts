/**
 * The books: a header, then as many L2 books as the creator asked for. A book is a head, its bids and its asks, best first;
 * all under one seqlock, written by the kernel. One line of the head belongs to the feed's own thread.
 */

/**
 * uint32 each, written by the creator: books, and levels a side that each has room for: more than it holds between messages,
 * because a message may add levels before it takes others away.
 */
export const BOOKS_CAPACITY = 0;
export const BOOKS_LEVELS = 4;
/** uint32, atomic, written by the kernel: books in use. */
export const BOOKS_USED = 8;
/** uint32: symbols whose book found no place, and levels that found none in their book. */
export const BOOKS_OVERFLOWED = 12;
export const BOOKS_LEVELS_OVERFLOWED = 16;
export const BOOKS_HEADER_BYTES = 256;

/** uint32: odd while the book is written. */
export const BOOK_SEQUENCE = 0;
/** uint32: one of the BOOK_STATE_ numbers. */
export const BOOK_STATE = 4;
/** uint32: id of its symbol. */
export const BOOK_SYMBOL = 8;
/** uint32: levels a side that are subscribed to; 0 for no limit. */
export const BOOK_DEPTH = 12;
/** uint32 each: levels held. */
export const BOOK_BID_COUNT = 16;
export const BOOK_ASK_COUNT = 20;
/** uint8 each: decimals of prices and quantities: a level's value is its integer / 10^scale. */
export const BOOK_PRICE_SCALE = 24;
export const BOOK_QUANTITY_SCALE = 25;
/** uint8: one of the BOOK_CHECK_ numbers, for the last message. */
export const BOOK_CHECK = 26;
/** uint8: 1 when BOOK_DEPTH was told, 0 when it was guessed from a snapshot. */
export const BOOK_DEPTH_TOLD = 27;
/** uint32 each: checksum that came with the last message, and the one computed. */
export const BOOK_CHECKSUM = 28;
export const BOOK_COMPUTED = 32;
/** uint32: the connection's epoch at the last message. */
export const BOOK_EPOCH = 36;
/** int64, ns since the epoch: the venue's time of the last message that was applied; 0 when it had none. */
export const BOOK_AS_OF = 40;
/** float64, ms since the epoch: when that was received. */
export const BOOK_RECEIVED_AT = 48;
/** The same two for the last message after which the book was right as far as could be checked. */
export const BOOK_GOOD_AS_OF = 56;
export const BOOK_GOOD_RECEIVED_AT = 64;
/** float64: messages applied. */
export const BOOK_UPDATES = 72;
/** uint32 each: failed checks, snapshots that mended one, updates ignored while it was not to be trusted. */
export const BOOK_MISMATCHES = 80;
export const BOOK_RESYNCS = 84;
export const BOOK_IGNORED = 88;
/** uint32 each, for venues that number messages: the last number, and the subscription that it belongs to. */
export const BOOK_VENUE_SEQUENCE = 92;
export const BOOK_VENUE_SUBSCRIPTION = 96;
/**
 * uint32 each: the frame that changed it last, and its state and subscription before that, so that a decoder which decodes
 * that frame again comes to the same end.
 */
export const BOOK_FRAME = 100;
export const BOOK_STATE_BEFORE = 104;
export const BOOK_VENUE_SUBSCRIPTION_BEFORE = 108;
/** uint8: 1 from a gap to the snapshot that ends it, whatever happens in between; and before the frame that changed it last. */
export const BOOK_IN_GAP = 112;
export const BOOK_IN_GAP_BEFORE = 113;

/** uint32, atomic, written by the feed's thread: 1 after resyncing has been given up. */
export const BOOK_DEGRADED = 128;

/** Bids start here; asks behind as many levels as the header says. */
export const BOOK_HEAD_BYTES = 256;

/** A level. */
export const LEVEL_BYTES = 16;
/** int64 each, at the book's scales. */
export const LEVEL_PRICE = 0;
export const LEVEL_QUANTITY = 8;

/** Nothing has come yet, or it is not subscribed to any more. */
export const BOOK_STATE_EMPTY = 0;
/** A snapshot has come, and no update yet. */
export const BOOK_STATE_SNAPSHOT = 1;
export const BOOK_STATE_LIVE = 2;
/** A check failed: updates are ignored until the next snapshot. */
export const BOOK_STATE_RESYNCING = 3;

/** The last message brought no checksum or number to check. */
export const BOOK_CHECK_NONE = 0;
export const BOOK_CHECK_MATCHED = 1;
export const BOOK_CHECK_FAILED = 2;

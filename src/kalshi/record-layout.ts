/**
 * Kalshi's records, behind the common head of `record-layout`. Numbers are float64 integers, exact to 2^53, NaN when absent:
 * prices in 1/10,000 dollar, counts in 1/100 contract. Times are int64 nanoseconds since the epoch, 0 when there was none.
 *
 * RECORD_INSTRUMENT holds symbol id × 4 + the channel's slot, so that the latest table keeps one record a market and channel.
 */

import {
  RECORD_FLAG_CONTINUED,
  RECORD_FLAG_INEXACT,
  RECORD_SYMBOL,
  RECORD_TIMESTAMP,
} from '../memory/record-layout.ts';

/** RECORD_KIND */
export const KALSHI_TICKER = 1;
export const KALSHI_TRADE = 2;
export const KALSHI_BOOK_SNAPSHOT = 3;
export const KALSHI_BOOK_DELTA = 4;
export const KALSHI_GAP = 5;

/** The channel's slot in RECORD_INSTRUMENT. */
export const SLOT_TICKER = 0;
export const SLOT_TRADE = 1;
export const SLOT_BOOK = 2;
export const SLOT_GAP = 3;
export const SLOT_BITS = 2;

/** RECORD_FLAGS. A number, time or text does not fit its field: the field is absent, and the frame's text was handed on. */
export const KALSHI_FLAG_INEXACT = RECORD_FLAG_INEXACT;
/** The message goes on in the next record. */
export const KALSHI_FLAG_CONTINUED = RECORD_FLAG_CONTINUED;

/** Decimals of prices and counts: of records, and the scales of books. */
export const PRICE_SCALE = 4;
export const COUNT_SCALE = 2;
/** One dollar: a YES price and the NO price of the same contract make it up. */
export const PRICE_ONE = 10_000;

/** In the venue's head, the same for all kinds. int64 ns: the message's own time, from the most precise of its fields. */
export const KALSHI_TIMESTAMP = RECORD_TIMESTAMP;
/** uint32: symbol id; NO_SYMBOL in a gap of a whole subscription. */
export const KALSHI_SYMBOL = RECORD_SYMBOL;
export const NO_SYMBOL = 0xffffffff;
/** uint32: the subscription (sid). */
export const KALSHI_SUBSCRIPTION = 52;
/** uint32: the message's number in it (seq); 0 when it had none. */
export const KALSHI_SEQUENCE = 56;
/** float64, ms since the epoch: `sending_ts_ms`; 0 when it was not there. */
export const KALSHI_SENT_AT = 64;
/** uint8, then the text: `market_id`; 0 bytes when it was not there. */
export const KALSHI_MARKET_ID_LENGTH = 72;
export const KALSHI_MARKET_ID = 73;
export const KALSHI_MARKET_ID_MOST_BYTES = 39;

/** Ticker: float64 each. Prices are YES prices; dollar volume and dollar open interest are whole dollars, as sent. */
export const TICKER_PRICE = 112;
export const TICKER_YES_BID = 120;
export const TICKER_YES_ASK = 128;
export const TICKER_YES_BID_SIZE = 136;
export const TICKER_YES_ASK_SIZE = 144;
export const TICKER_LAST_SIZE = 152;
export const TICKER_VOLUME = 160;
export const TICKER_OPEN_INTEREST = 168;
export const TICKER_DOLLAR_VOLUME = 176;
export const TICKER_DOLLAR_OPEN_INTEREST = 184;

/** Trade: float64 each. */
export const TRADE_YES_PRICE = 112;
export const TRADE_NO_PRICE = 120;
export const TRADE_COUNT = 128;
/** uint8: the taker's outcome, SIDE_…, and book side, BOOK_SIDE_… */
export const TRADE_TAKER_SIDE = 136;
export const TRADE_TAKER_BOOK_SIDE = 137;
/** uint8: 1 true, 0 false, 0xff absent. */
export const TRADE_BLOCK = 138;
/** uint8, then the text. */
export const TRADE_ID_LENGTH = 139;
export const TRADE_ID = 140;
export const TRADE_ID_MOST_BYTES = 44;

/** Another word, or none: the text was handed on if it is another word. */
export const SIDE_UNKNOWN = 0;
export const SIDE_YES = 1;
export const SIDE_NO = 2;
export const BOOK_SIDE_UNKNOWN = 0;
export const BOOK_SIDE_BID = 1;
export const BOOK_SIDE_ASK = 2;

/**
 * Book snapshot and delta. The book itself (`book-layout`) is on the YES scale: its bids are the YES bids, its asks the NO
 * bids at one dollar less their price. float64 each: the best YES bid and the implied best YES ask after the message, and
 * their counts; NaN and 0 when there is none.
 */
export const BOOK_RECORD_BID = 112;
export const BOOK_RECORD_BID_COUNT = 120;
export const BOOK_RECORD_ASK = 128;
export const BOOK_RECORD_ASK_COUNT = 136;
/** uint8 each: BOOK_STATE_… and BOOK_CHECK_… of `book-layout`, after this message. */
export const BOOK_RECORD_STATE = 144;
export const BOOK_RECORD_CHECK = 145;

/** Snapshot. uint8 each: levels in this record, those of YES first. */
export const SNAPSHOT_YES_LEVELS = 146;
export const SNAPSHOT_NO_LEVELS = 147;
/** uint16: how many records of this message come before this one. */
export const SNAPSHOT_PART = 148;
/** Levels: float64 price on the ladder's own side (of a NO bid, the NO price) and float64 count. */
export const SNAPSHOT_LEVELS = 160;
export const SNAPSHOT_LEVEL_BYTES = 16;
export const SNAPSHOT_MOST_LEVELS = 6;

/** Delta. uint8: which ladder, SIDE_… */
export const DELTA_SIDE = 146;
/** float64 each: price on the ladder's own side, change of the count (signed), and the count after it. */
export const DELTA_PRICE = 152;
export const DELTA_CHANGE = 160;
export const DELTA_COUNT = 168;
/** Only of changes that one's own orders caused. uint32: `subaccount`, NO_SUBACCOUNT when absent. */
export const DELTA_SUBACCOUNT = 176;
export const NO_SUBACCOUNT = 0xffffffff;
/** uint8, then the text: `client_order_id`. */
export const DELTA_ORDER_ID_LENGTH = 180;
export const DELTA_ORDER_ID = 181;
export const DELTA_ORDER_ID_MOST_BYTES = 75;

/** Gap. uint8: GAP_… */
export const GAP_REASON = 112;
/** A number of the subscription was due, and another came: every book of it is not to be trusted. */
export const GAP_SEQUENCE = 1;
/** A level would have become negative: this book is not to be trusted. */
export const GAP_NEGATIVE = 2;
/** A book message could not be applied: a field is missing, does not fit, or a level found no room. Its text was handed on. */
export const GAP_UNUSABLE = 3;
/** The venue ended the subscription (errors 10 and 25): its books are not to be trusted. */
export const GAP_ENDED = 4;
/** The snapshot that ends it, for this book. */
export const GAP_RECOVERED = 5;
/** uint32 each: for GAP_SEQUENCE, the number that was due and the one that came; for GAP_ENDED, 0 and the error's code. */
export const GAP_EXPECTED = 116;
export const GAP_RECEIVED = 120;
/** uint32: books that it made untrusted. */
export const GAP_BOOKS = 124;
/** int64 ns: venue's time of the last message after which the book was right; 0 for a whole subscription. */
export const GAP_GOOD_AS_OF = 128;

/** PARAMETERS region. uint32: 1 when order books are subscribed to with `use_yes_price`: NO levels come on the YES scale. */
export const PARAMETER_YES_PRICE = 0;

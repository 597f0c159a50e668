/**
 * Kraken's records, behind the common head of `record-layout`. Decimals are int64 integers with a scale (a count of decimals)
 * kept elsewhere in the record; times are int64 nanoseconds since the epoch, 0 when there was none.
 *
 * RECORD_INSTRUMENT holds symbol id × 8 + the channel's slot, so that the latest table keeps one record a symbol and channel.
 */

import {
  RECORD_FLAG_CONTINUED,
  RECORD_FLAG_INEXACT,
  RECORD_SYMBOL,
  RECORD_TIMESTAMP,
} from '../memory/record-layout.ts';

/** RECORD_KIND */
export const KRAKEN_TICKER = 1;
export const KRAKEN_TRADE = 2;
export const KRAKEN_BOOK_SNAPSHOT = 3;
export const KRAKEN_BOOK_UPDATE = 4;
export const KRAKEN_CANDLE = 5;
export const KRAKEN_INSTRUMENT = 6;
export const KRAKEN_STATUS = 7;
export const KRAKEN_GAP = 8;
export const KRAKEN_ORDER = 9;

/** The channel's slot in RECORD_INSTRUMENT; of KRAKEN_STATUS, SLOT_STATUS with symbol 0. */
export const SLOT_TICKER = 0;
export const SLOT_TRADE = 1;
export const SLOT_BOOK = 2;
export const SLOT_CANDLE = 3;
export const SLOT_INSTRUMENT = 4;
export const SLOT_ORDER = 5;
export const SLOT_STATUS = 6;
export const SLOT_GAP = 7;
export const SLOT_BITS = 3;

/** RECORD_FLAGS: it belongs to a snapshot. */
export const KRAKEN_FLAG_SNAPSHOT = 1;
/** A number or time does not fit its field (has more than 18 digits, say): the field is absent, and the text was handed on. */
export const KRAKEN_FLAG_INEXACT = RECORD_FLAG_INEXACT;
/** The message goes on in the next record. */
export const KRAKEN_FLAG_CONTINUED = RECORD_FLAG_CONTINUED;

/** A scale that says that its field was absent. */
export const SCALE_ABSENT = 0xff;

/** In the venue's head, the same for all kinds. int64 ns: the message's own timestamp. */
export const KRAKEN_TIMESTAMP = RECORD_TIMESTAMP;
/** uint32: symbol id. */
export const KRAKEN_SYMBOL = RECORD_SYMBOL;

/** Ticker: eleven int64, and their scales as uint8 in the same order. */
export const TICKER_BID = 64;
export const TICKER_BID_QUANTITY = 72;
export const TICKER_ASK = 80;
export const TICKER_ASK_QUANTITY = 88;
export const TICKER_LAST = 96;
export const TICKER_VOLUME = 104;
export const TICKER_VWAP = 112;
export const TICKER_LOW = 120;
export const TICKER_HIGH = 128;
export const TICKER_CHANGE = 136;
export const TICKER_CHANGE_PERCENT = 144;
export const TICKER_SCALES = 152;
export const TICKER_FIELDS = 11;
/** uint32: trades in 24 h; ABSENT_COUNT when it was not there. */
export const TICKER_TRADES = 164;
export const ABSENT_COUNT = 0xffffffff;

/** Trade. */
export const TRADE_PRICE = 64;
export const TRADE_QUANTITY = 72;
/** int64 */
export const TRADE_ID = 80;
/** uint8 each */
export const TRADE_PRICE_SCALE = 88;
export const TRADE_QUANTITY_SCALE = 89;
/** uint8: the taker's; one of SIDE_… */
export const TRADE_SIDE = 90;
/** uint8: the taker's; one of ORDER_TYPE_… */
export const TRADE_ORDER_TYPE = 91;
export const SIDE_UNKNOWN = 0;
export const SIDE_BUY = 1;
export const SIDE_SELL = 2;
export const ORDER_TYPE_UNKNOWN = 0;
export const ORDER_TYPE_LIMIT = 1;
export const ORDER_TYPE_MARKET = 2;

/** Book snapshot and update: what the message changed, and the best levels after it. Scales are those of the book. */
export const BOOK_RECORD_PRICE_SCALE = 52;
export const BOOK_RECORD_QUANTITY_SCALE = 53;
/** uint8 each: levels in this record, bids first. */
export const BOOK_RECORD_BIDS = 54;
export const BOOK_RECORD_ASKS = 55;
/** uint32: as it came. */
export const BOOK_RECORD_CHECKSUM = 56;
/** uint16: how many records of this message come before this one. */
export const BOOK_RECORD_PART = 60;
/** uint8: BOOK_CHECK_… and BOOK_STATE_… of `book-layout`, after this message. */
export const BOOK_RECORD_CHECK = 62;
export const BOOK_RECORD_STATE = 63;
/** Two levels of LEVEL_BYTES: best bid and ask after the message; quantity 0 when there is none. */
export const BOOK_RECORD_BEST_BID = 64;
export const BOOK_RECORD_BEST_ASK = 80;
/** Levels of LEVEL_BYTES in message order; quantity 0 for one that goes. */
export const BOOK_RECORD_LEVELS = 96;
export const BOOK_RECORD_MOST_LEVELS = 10;

/** Candle: six int64 and their scales; interval in minutes. */
export const CANDLE_OPEN = 64;
export const CANDLE_HIGH = 72;
export const CANDLE_LOW = 80;
export const CANDLE_CLOSE = 88;
export const CANDLE_VOLUME = 96;
export const CANDLE_VWAP = 104;
export const CANDLE_SCALES = 112;
export const CANDLE_FIELDS = 6;
/** uint32 each */
export const CANDLE_TRADES = 120;
export const CANDLE_INTERVAL = 124;
/** int64 ns */
export const CANDLE_BEGIN = 128;

/** Instrument: five int64 and their scales; precisions are uint8, 0xff when absent. */
export const INSTRUMENT_PRICE_INCREMENT = 64;
export const INSTRUMENT_QUANTITY_INCREMENT = 72;
export const INSTRUMENT_QUANTITY_MIN = 80;
export const INSTRUMENT_COST_MIN = 88;
export const INSTRUMENT_MARGIN_INITIAL = 96;
export const INSTRUMENT_SCALES = 104;
export const INSTRUMENT_FIELDS = 5;
export const INSTRUMENT_PRICE_PRECISION = 112;
export const INSTRUMENT_QUANTITY_PRECISION = 113;
export const INSTRUMENT_COST_PRECISION = 114;
/** uint8: one of INSTRUMENT_STATUS_… */
export const INSTRUMENT_STATUS = 115;
/** Another word, or none. */
export const INSTRUMENT_STATUS_UNKNOWN = 0;
export const INSTRUMENT_STATUS_CANCEL_ONLY = 1;
export const INSTRUMENT_STATUS_DELISTED = 2;
export const INSTRUMENT_STATUS_LIMIT_ONLY = 3;
export const INSTRUMENT_STATUS_MAINTENANCE = 4;
export const INSTRUMENT_STATUS_ONLINE = 5;
export const INSTRUMENT_STATUS_POST_ONLY = 6;
export const INSTRUMENT_STATUS_REDUCE_ONLY = 7;
export const INSTRUMENT_STATUS_WORK_IN_PROGRESS = 8;
/** uint8 each: 1 true, 0 false, 0xff absent. */
export const INSTRUMENT_MARGINABLE = 116;
export const INSTRUMENT_HAS_INDEX = 117;
/** uint32 each, ABSENT_COUNT when absent. */
export const INSTRUMENT_LONG_LIMIT = 120;
export const INSTRUMENT_SHORT_LIMIT = 124;

/** Status. uint8: one of SYSTEM_… */
export const STATUS_SYSTEM = 64;
/** Another word, or none. */
export const SYSTEM_UNKNOWN = 0;
export const SYSTEM_ONLINE = 1;
export const SYSTEM_CANCEL_ONLY = 2;
export const SYSTEM_MAINTENANCE = 3;
export const SYSTEM_POST_ONLY = 4;
export const SYSTEM_LIMIT_ONLY = 5;
/** uint8: whether the lists had entries. */
export const STATUS_MAINTENANCE_PLANNED = 65;
export const STATUS_EMERGENCY = 66;
/** uint64, which may exceed 2^63; 0 when there was none. */
export const STATUS_CONNECTION_ID = 72;

/** Gap: a book failed its check, or came again. uint8: GAP_… */
export const GAP_REASON = 64;
export const GAP_CHECKSUM = 1;
/** The snapshot that ends it. */
export const GAP_RESYNCED = 2;
/** A message could not be applied: a level of it has no price or quantity, or one that does not fit. Its text was handed on. */
export const GAP_UNUSABLE = 3;
/** uint32 each: the checksum that came, and the one of the book; 0 where there is none. */
export const GAP_EXPECTED = 68;
export const GAP_COMPUTED = 72;
/** int64 ns: venue's time of the last message after which the book was right. */
export const GAP_GOOD_AS_OF = 80;

/** Level 3: one record an order. */
export const ORDER_PRICE = 64;
export const ORDER_QUANTITY = 72;
export const ORDER_PRICE_SCALE = 80;
export const ORDER_QUANTITY_SCALE = 81;
/** uint8: SIDE_BUY for bids. */
export const ORDER_SIDE = 82;
/** uint8: ORDER_EVENT_… */
export const ORDER_EVENT = 83;
export const ORDER_EVENT_SNAPSHOT = 0;
export const ORDER_EVENT_ADD = 1;
export const ORDER_EVENT_MODIFY = 2;
export const ORDER_EVENT_DELETE = 3;
/** uint32: of the message, in every record of it. KRAKEN_FLAG_CONTINUED is off in the last one. */
export const ORDER_CHECKSUM = 84;
/** int64 ns: the order's own. */
export const ORDER_TIMESTAMP = 88;
/** uint8, then the text. 0 in the one record of a message that names no orders, such as the snapshot of an empty book. */
export const ORDER_ID_LENGTH = 96;
export const ORDER_ID = 97;
export const ORDER_ID_MOST_BYTES = 63;
/** uint8 each: the instrument's decimals, SYMBOL_NO_PRECISION until they are known. */
export const ORDER_PRICE_PRECISION = 160;
export const ORDER_QUANTITY_PRECISION = 161;

/** PARAMETERS region. uint32: GAP_POLICY_… */
export const PARAMETER_GAP_POLICY = 0;
/** Fail and go on. */
export const GAP_POLICY_IGNORE = 0;
/** Fail, and ignore updates until the next snapshot. */
export const GAP_POLICY_RESYNC = 1;

/**
 * Kite's wire layout: https://kite.trade/docs/connect/v3/websocket (packet structure).
 * Big-endian. Only constants, in the language that TypeScript and AssemblyScript share: the kernel imports this file too.
 */

/** `uint16` packet count at the head of a frame. */
export const FRAME_COUNT_BYTES = 2;
/** `uint16` length before each packet. */
export const PACKET_LENGTH_BYTES = 2;
/** A frame of this many bytes is a heartbeat. */
export const HEARTBEAT_BYTES = 1;

export const LTP_BYTES = 8;
export const INDEX_QUOTE_BYTES = 28;
export const INDEX_FULL_BYTES = 32;
export const QUOTE_BYTES = 44;
export const FULL_BYTES = 184;

/** In every packet. */
export const TOKEN = 0;
export const LAST_PRICE = 4;

/** In quote and full packets. */
export const LAST_TRADED_QUANTITY = 8;
export const AVERAGE_TRADED_PRICE = 12;
export const VOLUME_TRADED = 16;
export const TOTAL_BUY_QUANTITY = 20;
export const TOTAL_SELL_QUANTITY = 24;
export const OPEN = 28;
export const HIGH = 32;
export const LOW = 36;
export const CLOSE = 40;

/** In full packets. */
export const LAST_TRADE_TIME = 44;
export const OPEN_INTEREST = 48;
export const OI_DAY_HIGH = 52;
export const OI_DAY_LOW = 56;
export const EXCHANGE_TIME = 60;
export const DEPTH = 64;

/** In index packets: note the order, and that it is not that of the others. */
export const INDEX_HIGH = 8;
export const INDEX_LOW = 12;
export const INDEX_OPEN = 16;
export const INDEX_CLOSE = 20;
export const INDEX_PRICE_CHANGE = 24;
export const INDEX_EXCHANGE_TIME = 28;

/** Depth: five bids, then five offers. */
export const DEPTH_LEVELS = 5;
export const DEPTH_ENTRY_BYTES = 12;
export const DEPTH_QUANTITY = 0;
export const DEPTH_PRICE = 4;
export const DEPTH_ORDERS = 8;

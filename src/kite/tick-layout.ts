/**
 * A tick: Kite's record. After the common head comes the packet, each 32-bit word turned to native byte order and in
 * the order of the full packet, whatever packet it came in (an index packet's prices are sorted into it).
 * Only constants, in the language that TypeScript and AssemblyScript share: the kernel imports this file too.
 */

/** RECORD_KIND: the packet that it came in. Ordered: what is at least QUOTE has quantities, what is at least FULL has depth. */
export const TICK_LTP = 1;
export const TICK_INDEX_QUOTE = 2;
export const TICK_INDEX_FULL = 3;
export const TICK_QUOTE = 4;
export const TICK_FULL = 5;

/** RECORD_FLAGS */
/** The segment is in no table: the divisor is a guess. */
export const TICK_FLAG_UNKNOWN_SEGMENT = 1;
/** The day's volume is less than the instrument's last: it wrapped at 2^32, or a new day began. */
export const TICK_FLAG_VOLUME_FELL = 2;

/** Byte offsets from the start of the record. The packet's fields: TICK_PACKET + their offset in packet-layout. */
export const TICK_PACKET = 64;
/** uint16: in a depth entry the order count, being half a word, lies two bytes further on than in the packet. */
export const TICK_DEPTH_ORDERS = 10;
/** int32: raw index price change, in index ticks; at the place of the last traded quantity. */
export const TICK_INDEX_PRICE_CHANGE = 72;
/** int32: raw price ÷ divisor = price in rupees. In the head's venue words, on the cache line that every reader touches. */
export const TICK_DIVISOR = 40;

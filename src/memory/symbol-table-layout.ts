/**
 * The symbol table: texts that kernels have met, each with a number of its own (its id), and what a kernel keeps for each.
 * A header, an open-addressed index from text to id, then the entries. Written by the kernel only.
 */

/** uint32, written by the creator: entries that there are, a power of two. */
export const SYMBOLS_CAPACITY = 0;
/** uint32, atomic: entries in use. An entry is complete before it is counted. */
export const SYMBOLS_USED = 4;
/** uint32: symbols that found no entry. */
export const SYMBOLS_OVERFLOWED = 8;
/** The index starts here: uint32 each, id + 1, or 0 for a free one. */
export const SYMBOLS_INDEX = 128;
/** Index places for each entry: half of them stay free, which keeps probing short. */
export const SYMBOLS_INDEX_PER_ENTRY = 2;
/** uint32 */
export const SYMBOLS_INDEX_BYTES = 4;

/** An entry; entries start behind the index. */
export const SYMBOL_BYTES = 128;
/** uint32: bytes of the text. */
export const SYMBOL_LENGTH = 0;
/** uint32: its hash (FNV-1a over the bytes). */
export const SYMBOL_HASH = 4;
/** The text, UTF-8. */
export const SYMBOL_TEXT = 8;
export const SYMBOL_MOST_TEXT_BYTES = 80;
/** uint32: number of its book + 1; 0 for none. */
export const SYMBOL_BOOK = 88;
/** uint8 each: decimals of its prices and quantities; SYMBOL_NO_PRECISION until they are known. */
export const SYMBOL_PRICE_PRECISION = 92;
export const SYMBOL_QUANTITY_PRECISION = 93;
export const SYMBOL_NO_PRECISION = 0xff;
/** 32 bytes for the venue's kernel. */
export const SYMBOL_VENUE = 96;

export const FNV_OFFSET = 0x811c9dc5;
export const FNV_PRIME = 0x01000193;

/**
 * The latest table: a record for each place, then an open-addressed index from instrument to place, a seqlock word for each
 * place, and a change counter for each block of places. Places are given in the order in which instruments first come, so
 * that feeds that send them in one order run through memory in one direction.
 */

/** uint32, written by the decoder: records of instruments that found no place. */
export const LATEST_OVERFLOWED = 0;
/** uint32, written by the decoder: places given. */
export const LATEST_USED = 4;
/** uint32, written by the creator: places that there are, a power of two. */
export const LATEST_PLACES = 8;
/** The records, one a place, each a multiple of its size from the start of the arena. */
export const LATEST_RECORDS = 256;

/** An index entry. */
export const LATEST_ENTRY_BYTES = 8;
/** uint32; valid once the place is not 0. */
export const LATEST_INSTRUMENT = 0;
/** uint32: the place, counted from 1; 0 for a free entry. */
export const LATEST_PLACE = 4;
/** Index entries for each place: half of them stay free, which keeps probing short. */
export const LATEST_ENTRIES_PER_PLACE = 2;

/** uint32: odd while the place's record is written; half of it counts the place's updates. */
export const LATEST_SEQUENCE_BYTES = 4;

/** uint32 for each block of this many places: changes with every update of one of them, after it. */
export const LATEST_BLOCK_PLACES = 64;
export const LATEST_BLOCK_BYTES = 4;

/** Spreads tokens, whose low byte is the same for a whole segment. The multiplier of Knuth's multiplicative hashing. */
export const LATEST_HASH_MULTIPLIER = 0x9e3779b1;
export const LATEST_HASH_SHIFT = 11;

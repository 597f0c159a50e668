/**
 * The record ring: three lines of cursors, its readers' places, then a power-of-two count of slots.
 * Positions count records, 32-bit, and wrap.
 */

/** uint32 position: one past the last record that readers may read. */
export const RECORD_PUBLISHED = 0;
/** uint32 position: one past the last slot that the decoder may be writing (copying readers check against it). */
export const RECORD_CLAIMED = 128;
/** int32: 1 while the decoder waits for gating readers to release slots; whoever releases then rings. */
export const RECORD_SPACE_WANTED = 256;
/** uint32 position that the ring started at, beside the flag: a ring that is still there has published nothing. */
export const RECORD_START = 260;
export const RECORD_READERS = 384;
export const RECORD_READER_COUNT = 16;
/** Slots start at the next multiple of their size. */
export const RECORD_SLOTS = 2560;

/** In the scratch region: as many slots for each reader's place, where a copying reader puts its copies. */
export const SCRATCH_SLOTS = 64;

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
/** uint32 each, the decoder's, noted before it publishes: the frame that it publishes, and the position that it will be at then. */
export const RECORD_LAST_FRAME = 260;
export const RECORD_LAST_POSITION = 272;
/** uint32 each, the decoder's: the frame that it is about to decode, and how often that has been begun. */
export const RECORD_ATTEMPTED_FRAME = 264;
export const RECORD_ATTEMPTS = 268;
export const RECORD_READERS = 384;
export const RECORD_READER_COUNT = 16;
/** Slots start at the next multiple of their size. */
export const RECORD_SLOTS = 2560;

/** In the scratch region: as many slots for each reader's place, where a copying reader puts its copies. */
export const SCRATCH_SLOTS = 64;
/** After them, one slot in which the decoder turns records that find no room in the ring, for the latest table. */
export const SPARE_SLOTS = 1;

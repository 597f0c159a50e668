/**
 * The places of a ring's readers. A place is one line, and its words are written by the reader that holds it,
 * except `state`, which others may move by compare-and-swap (taking a free place, expelling).
 */

export const READER_BYTES = 128;

/** int32: one of READER_FREE … */
export const READER_STATE = 0;
/** uint32 position: everything before it has been released. */
export const READER_POSITION = 4;
/** int32: thread id of the holder (0 for main). */
export const READER_THREAD = 8;
/** float64: records or frames handed to the consumer. */
export const READER_READ = 16;
/** float64: records or frames that were overwritten before this reader came to them. */
export const READER_LAGGED = 24;
/** float64: updates that a conflating reader did not see because newer ones came. */
export const READER_COALESCED = 32;
/** float64, written by the ring's writer: records that were dropped because this reader was in the way. */
export const READER_DROPPED = 40;

export const READER_FREE = 0;
/** Taken, its position not yet valid. */
export const READER_JOINING = 1;
/** The writer waits for it. */
export const READER_GATING = 2;
/** The writer does not wait for it. */
export const READER_COPYING = 3;
/** Nor for this one, which reads the latest table. */
export const READER_CONFLATING = 4;
/** It was in the way for too long: the writer no longer waits for it. Its reader frees the place when it comes back. */
export const READER_EXPELLED = 5;

/** READER_THREAD of a place that keeps its position while nobody holds it. */
export const READER_NO_THREAD = -1;

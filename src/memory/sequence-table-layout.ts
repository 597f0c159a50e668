/**
 * The sequence table: for venues that number the messages of each subscription, what the kernel knows of each one on this
 * connection. A header, then entries. Written by the kernel only; emptied by a reset frame.
 */

/** uint32, written by the creator: entries that there are. */
export const SEQUENCES_CAPACITY = 0;
/** uint32, atomic: entries in use, from the first one on. */
export const SEQUENCES_USED = 4;
/** uint32: subscriptions that found no entry, so that gaps in them go unnoticed. */
export const SEQUENCES_OVERFLOWED = 8;
export const SEQUENCES_HEADER_BYTES = 128;

/** An entry. */
export const SEQUENCE_BYTES = 64;
/** uint32: the venue's number of the subscription. */
export const SEQUENCE_SUBSCRIPTION = 0;
/** uint32: one of the SEQUENCE_STATE_ numbers. */
export const SEQUENCE_STATE = 4;
/** uint32: the number of its last message; 0 before the first. */
export const SEQUENCE_LAST = 8;
/**
 * uint32 each: the frame that changed the entry last, and the number before that, so that a decoder which decodes that frame
 * again comes to the same end. The gaps and the state before it are below.
 */
export const SEQUENCE_FRAME = 12;
export const SEQUENCE_LAST_BEFORE = 16;
/** uint32, atomic, stored last: gaps seen. */
export const SEQUENCE_GAPS = 20;
/** uint32 each: of the last gap, the number that was due and the one that came. */
export const SEQUENCE_EXPECTED = 24;
export const SEQUENCE_RECEIVED = 28;
/** uint32 each: gaps and state before the frame that changed the entry last. */
export const SEQUENCE_GAPS_BEFORE = 32;
export const SEQUENCE_STATE_BEFORE = 36;

/** Its messages are decoded. */
export const SEQUENCE_STATE_LIVE = 1;
/** The venue has ended it: what still comes of it is ignored. Its entry may be given to another. */
export const SEQUENCE_STATE_ENDED = 2;

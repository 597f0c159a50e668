/**
 * The frame ring: three lines of cursors, its readers' places, then the data: frames, each 8-byte aligned and never split.
 * Positions are bytes, 32-bit, and wrap; the capacity is a power of two.
 */

/** uint32 position: end of the last frame that readers may read. */
export const FRAME_PUBLISHED = 0;
/** uint32 position: end of what the writer may be writing (copying readers check against it). */
export const FRAME_CLAIMED = 128;
/** uint32: number of the next frame. On the writer's line of its own, so that a new writer can go on counting. */
export const FRAME_NEXT_NUMBER = 256;
/** uint32 position: start of the newest published frame, for copying readers that have been lapped. */
export const FRAME_NEWEST = 260;
export const FRAME_READERS = 384;
/** The decoder's place and a few taps. */
export const FRAME_READER_COUNT = 4;
export const FRAME_DATA = 896;

/** The head of a frame. */
/** uint32: bytes of payload. */
export const FRAME_LENGTH = 0;
/** uint8 */
export const FRAME_KIND = 4;
/**
 * uint8: bytes from the head to the payload, FRAME_HEAD_BYTES and up to 7 more: as far from a multiple of 8 as the payload lay in
 * the buffer that it was copied from. JavaScript engines copy to shared memory by words if both sides allow it, and by
 * bytes, six to twelve times slower, if not.
 */
export const FRAME_PAYLOAD = 5;
/** uint16: the connection's number within its feed. */
export const FRAME_CONNECTION = 6;
/** uint32: counts the frames of this arena, wrapping. */
export const FRAME_NUMBER = 8;
/** uint32: how often the connection has been opened. */
export const FRAME_EPOCH = 12;
/** float64: when the frame was received, ms since the epoch. */
export const FRAME_RECEIVED_AT = 16;
export const FRAME_HEAD_BYTES = 24;
export const FRAME_ALIGNMENT = 8;
/** The most that lies before a payload, rounded up. */
export const FRAME_OVERHEAD = 32;

export const FRAME_KIND_BINARY = 1;
export const FRAME_KIND_TEXT = 2;
/** In band, when a connection (re)opens: what follows is of a new epoch. No payload. */
export const FRAME_KIND_RESET = 3;
/** Fills the end of the ring: go on at its start. Only the first 8 bytes of its head exist. */
export const FRAME_KIND_SKIP = 255;

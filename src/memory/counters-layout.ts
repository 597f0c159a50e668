/**
 * Counters: float64 (exact to 2^53), each line written by one thread. They are for reading at leisure:
 * a counter may be a moment behind the cursor that it belongs to.
 */

/** The line of the thread that owns the socket. */
export const COUNT_FRAMES = 0;
export const COUNT_BYTES = 8;
/** Frames that did not fit the ring and were dropped. */
export const COUNT_FRAMES_DROPPED = 16;
/** Frames larger than the ring can ever hold. */
export const COUNT_FRAMES_TOO_LARGE = 24;
/** How often the socket was paused because the frame ring was full. */
export const COUNT_PAUSES = 32;
export const COUNT_TEXT_FRAMES = 40;

/** The decoder's line. */
export const COUNT_FRAMES_DECODED = 128;
export const COUNT_RECORDS = 136;
export const COUNT_HEARTBEATS = 144;
/** Packets or messages that were announced or begun but could not be decoded, by reason: see REJECTED_ numbers. */
export const COUNT_REJECTED = 152;
/** Records with the venue's *unknown segment* flag or the like. */
export const COUNT_UNKNOWN = 192;
/** How often the decoder waited for gating readers. */
export const COUNT_SPACE_WAITS = 200;
/** Records that found no room: of frames with more of them than the ring has slots, or by the drop-newest policy. */
export const COUNT_RECORDS_DROPPED = 224;
/** Malformed frames, whatever was lost with them. */
export const COUNT_FRAMES_MALFORMED = 232;
/** Frames that trapped the kernel, or that decoders died of, again and again, and were set aside. */
export const COUNT_FRAMES_QUARANTINED = 208;
/** Frames seen again after a decoder died, and not decoded twice. */
export const COUNT_FRAMES_SKIPPED = 240;

/** Reasons, each one float64 at COUNT_REJECTED + 8 × reason. */
export const REJECTED_SHORT_FRAME = 0;
export const REJECTED_TRUNCATED = 1;
export const REJECTED_PACKET_LENGTH = 2;
export const REJECTED_TRAILING_BYTES = 3;
export const REJECTED_REASONS = 4;

/** What the kernel says of the frame that it has just decoded, for the decoder to add up: written in every decode. */
export const RESULT_HEARTBEAT = 256;
export const RESULT_UNKNOWN = 260;
export const RESULT_MALFORMED = 264;
/** uint32 each, by reason. */
export const RESULT_REJECTED = 272;

/** Kernels of text venues: whether the frame's text is to be handed to the feed's thread, and what else they counted in it. */
export const RESULT_HANDED_ON = 288;
/** It is not, or why. */
export const HANDED_ON_NOT = 0;
/** It is for the control side, or of a kind that the kernel does not know. */
export const HANDED_ON_CONTROL = 1;
/** It is no text of the venue's format, or nothing can be made of it. */
export const HANDED_ON_MALFORMED = 2;
/** It has a number or a time that does not fit its field. */
export const HANDED_ON_INEXACT = 3;
/** A symbol, a book, a level or the message itself found no room. */
export const HANDED_ON_OVERFLOWED = 4;
/** A number of its subscription was due, and another came: messages are missing. */
export const HANDED_ON_GAP = 5;
/** Book messages whose check matched, failed, and that were ignored while their book was not to be trusted. */
export const RESULT_BOOKS_MATCHED = 292;
export const RESULT_BOOKS_FAILED = 296;
export const RESULT_BOOKS_IGNORED = 300;
/** Numbers and times that do not fit their fields: most of all numbers with more than 18 digits. */
export const RESULT_INEXACT = 304;
/** Symbols, books, levels or messages that found no place. */
export const RESULT_OVERFLOWED = 308;

/** The decoder's second line: the same, added up. */
export const COUNT_HANDED_ON = 384;
export const COUNT_BOOKS_MATCHED = 392;
export const COUNT_BOOKS_FAILED = 400;
export const COUNT_BOOKS_IGNORED = 408;
export const COUNT_INEXACT = 416;
export const COUNT_OVERFLOWED = 424;

export const COUNTERS_BYTES = 512;

/** The head that every record starts with, whatever its venue. Written by kernels, read by views. */

export const RECORD_BYTES = 256;

/** uint32: the record's position in its ring, wrapping. */
export const RECORD_NUMBER = 0;
/** uint8: what the venue's kernel says it is. */
export const RECORD_KIND = 4;
/** uint16: see RECORD_FLAG_… and the venue's own. */
export const RECORD_FLAGS = 6;
/** uint32: the frame that it came in. */
export const RECORD_FRAME = 8;
/** uint32: token or interned symbol. */
export const RECORD_INSTRUMENT = 12;
/** float64: when its frame was received, ms since the epoch. */
export const RECORD_RECEIVED_AT = 16;
/** float64: when the decoder took up its frame, ms since the epoch. */
export const RECORD_DECODED_AT = 24;
/** uint32: how often the connection had been opened. */
export const RECORD_EPOCH = 32;
/** uint16: the connection's number within its feed. */
export const RECORD_CONNECTION = 36;
/** uint16: its place within the frame. */
export const RECORD_INDEX = 38;
/** 24 bytes for what of a venue's every reader wants; the rest of its fields start at RECORD_BODY. */
export const RECORD_VENUE_HEAD = 40;
/** There, of venues whose instruments are symbols. int64 ns since the epoch: the message's own time, 0 when it had none. */
export const RECORD_TIMESTAMP = 40;
/** uint32: symbol id. */
export const RECORD_SYMBOL = 48;
/** RECORD_FLAGS of the same venues. Something does not fit its field: that is absent, and the frame's text was handed on. */
export const RECORD_FLAG_INEXACT = 2;
/** The message goes on in the next record. */
export const RECORD_FLAG_CONTINUED = 4;
export const RECORD_BODY = 64;

/**
 * The workspace of kernels that read text and keep books: tables, a book on its way to other scales, what each book's checks
 * have found, and the book message at hand. Nobody else reads it.
 */

/** Tables of CRC-32: for each of 0…35 bytes behind it, uint32 for each byte, and then for each pair of digits. */
export const WORKSPACE_CRC = 0;
export const CRC_MOST_BYTES = 36;
export const CRC_SLICE_BYTES = 1024;
export const CRC_PAIRS_BYTES = 400;

/** A text whose escapes have been replaced. */
export const WORKSPACE_WORD = 51_264;
export const WORKSPACE_WORD_BYTES = 128;

/** For each kind of object that is read: the key that is guessed for each of its first members. */
export const WORKSPACE_SHAPES = 51_392;
export const SHAPE_COUNT = 8;
export const SHAPE_MEMBERS = 32;
/** From the comma or brace to the value, as it was written; its bytes, and which of them count; */
export const GUESS_TEXT = 0;
export const GUESS_MASK = 16;
/** uint32 each: what the venue calls the key, and bytes up to the value. */
export const GUESS_KEY = 32;
export const GUESS_LENGTH = 36;
/** Where these are more than 16: the last 16 of them. */
export const GUESS_TAIL = 48;
export const GUESS_BYTES = 64;

/** The book that is being rescaled: uint32, its number + 1, or 0 for none. */
export const WORKSPACE_JOURNAL = 67_776;
/** uint8 each: its new scales. */
export const JOURNAL_PRICE_SCALE = 4;
export const JOURNAL_QUANTITY_SCALE = 5;
/** uint32: numbers the frames that are decoded, so that a frame is known to be decoded again. */
export const WORKSPACE_SERIAL = 67_788;
/** The book with a level that is changed by so much, and not to so much: uint32, its number + 1, or 0 for none; by which frame, uint32; */
export const WORKSPACE_CHANGE = 67_792;
export const CHANGE_FRAME = 4;
/** int64: the level's quantity before. */
export const CHANGE_QUANTITY = 8;
/** Symbols that came last, each at a place that its text makes likely: uint32, id + 1, or 0 for none. */
export const WORKSPACE_RECENTS = 67_840;
export const RECENT_BYTES = 4;
export const RECENT_COUNT = 256;
/** The levels of the book that is being rescaled, bids and asks with as much room each as a book gives them. */
export const WORKSPACE_JOURNAL_LEVELS = 68_864;

/** Behind them, for each book: uint32, the serial number of the frame that changed it last. */
export const CHECKS_SERIAL = 0;
/** Then for each of its best ten asks and ten bids: */
export const CHECKS_ASKS = 64;
export const CHECKS_BIDS = 384;
/** Zeros between the last check and the next book: a check is compared with the one behind it, too. */
export const CHECKS_BYTES = 768;
/** the level; what its digits add to the checksum, the step over them, and the checksum's state before and after it (uint32 each). */
export const CHECK_LEVEL = 0;
export const CHECK_SUM = 16;
export const CHECK_STEP = 20;
export const CHECK_BEFORE = 24;
export const CHECK_AFTER = 28;
export const CHECK_BYTES = 32;

/** What is left is for the message at hand: the levels in it, from below; what the kernel notes of its parts, from above. */
export const ENTRY_PRICE = 0;
export const ENTRY_QUANTITY = 8;
/** uint8 each */
export const ENTRY_PRICE_SCALE = 16;
export const ENTRY_QUANTITY_SCALE = 17;
export const ENTRY_BYTES = 24;

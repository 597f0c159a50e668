/**
 * The arena's header. All offsets are bytes from the start of the arena; words are native little-endian.
 * Only constants, in the language that TypeScript and AssemblyScript share: kernels import this file too.
 *
 * Change anything in a `*-layout.ts` file and LAYOUT_VERSION must change with it.
 */

/** "TKRG" in memory order. */
export const MAGIC = 0x47524b54;
export const LAYOUT_VERSION = 4;

/** Two 64-byte cache lines: adjacent-line prefetch pulls in pairs, so each cursor is alone on both. */
export const LINE_BYTES = 128;

/** uint32 */
export const HEADER_MAGIC = 0;
/** uint32 */
export const HEADER_VERSION = 4;
/** uint32: which venue's records these are. */
export const HEADER_VENUE = 8;
/** uint32: bytes of the whole arena, to notice a truncated one. */
export const HEADER_BYTES = 12;
/** uint32: the connection's number within its feed. */
export const HEADER_CONNECTION = 16;

/** The region table: for each region a uint32 offset and a uint32 size, in the order of the REGION_ numbers. */
export const HEADER_REGIONS = 64;
export const REGION_ENTRY_BYTES = 8;

export const REGION_BELLS = 0;
export const REGION_COUNTERS = 1;
export const REGION_PARAMETERS = 2;
export const REGION_FRAME_RING = 3;
export const REGION_RECORD_RING = 4;
export const REGION_LATEST_TABLE = 5;
export const REGION_SCRATCH = 6;
export const REGION_LATENCY = 7;
export const REGION_SYMBOLS = 8;
export const REGION_BOOKS = 9;
/** The kernel's own: it has no static data, so tables that it computes lie here. */
export const REGION_WORKSPACE = 10;
export const REGION_SEQUENCES = 11;
export const REGION_COUNT = 12;

/** int32 on a line of its own, written by the owner: 1 when nothing more will be published. */
export const HEADER_CLOSED = 256;

export const HEADER_TOTAL_BYTES = 512;

/** Three doorbells, each alone on its line: frames for the decoder, records for readers, space for the frame writer. */
export const BELL_FRAMES = 0;
export const BELL_RECORDS = 128;
export const BELL_SPACE = 256;
export const BELLS_BYTES = 384;

/** Whatever a venue hands its kernel (Kite: an int32 price divisor for each of the 256 segments). */
export const PARAMETERS_BYTES = 1024;

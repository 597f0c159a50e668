import { ArgumentError, AttachError } from '../errors.ts';
import * as layout from './arena-layout.ts';
import { BOOKS_CAPACITY, BOOKS_LEVELS } from './book-layout.ts';
import { COUNTERS_BYTES } from './counters-layout.ts';
import { Doorbell, type DoorbellHandle } from './doorbell.ts';
import { FRAME_CLAIMED, FRAME_DATA, FRAME_PUBLISHED, FRAME_READERS } from './frame-ring-layout.ts';
import { LATENCY_BYTES } from './latency-layout.ts';
import { latestBytes } from './latest-bytes.ts';
import { LATEST_PLACES } from './latest-table-layout.ts';
import {
  READER_GATING,
  READER_NO_THREAD,
  READER_POSITION,
  READER_STATE,
  READER_THREAD,
} from './reader-table-layout.ts';
import { RECORD_BYTES } from './record-layout.ts';
import {
  RECORD_CLAIMED,
  RECORD_LAST_POSITION,
  RECORD_PUBLISHED,
  RECORD_READER_COUNT,
  RECORD_SLOTS,
  SCRATCH_SLOTS,
  SPARE_SLOTS,
} from './record-ring-layout.ts';
import type { RecordMemory } from './record-view.ts';
import {
  bookRoom,
  booksBytes,
  sequenceTableBytes,
  symbolTableBytes,
  workspaceBytes,
} from './region-bytes.ts';
import { SEQUENCES_CAPACITY } from './sequence-table-layout.ts';
import { SYMBOLS_CAPACITY } from './symbol-table-layout.ts';

const PAGE_BYTES = 65_536;

/** Kernels add to addresses without looking: none may come near 2^32. */
const MOST_BYTES = 2 ** 31;

export interface ArenaOptions {
  /** Which venue's records these are: a number that readers check. */
  venue?: number;
  /** The connection's number within its feed, 0…65535. */
  connection?: number;
  /** Capacity of the frame ring: a power of two. One frame may have up to half of it. Default 4 MiB. */
  frameRingBytes?: number;
  /** Slots of the record ring: a power of two, and at least the records of the largest frame. Default 16,384 (4 MiB). */
  recordSlots?: number;
  /** Instruments that the latest table has room for: a power of two, or 0 for no table. Default 8,192 (2.2 MiB). */
  latestInstruments?: number;
  /** Symbols that the symbol table has room for: a power of two, or 0 for no table. Default 0. */
  symbols?: number;
  /** L2 books, 0…65536. Default 0. */
  books?: number;
  /** Levels a side that a book holds after a message, 1…65536. Default 1,000 (66 KiB a book). */
  bookLevels?: number;
  /** Subscriptions whose messages' numbers are kept, 0…4096: for venues that number them. Default 0. */
  sequences?: number;
  /** What the venue's kernel keeps for itself. Default 0 without symbols; with them, what reading text and keeping books takes. */
  workspaceBytes?: number;
  /** Rung for the decoder, when several arenas share one. Default: the arena's own. */
  frameBell?: DoorbellHandle;
  /** Rung for readers, when they wait for several arenas at once. Default: the arena's own. */
  recordBell?: DoorbellHandle;
  /** Where the rings' positions start. For tests of wrapping. */
  startPosition?: number;
}

/** A shared `WebAssembly.Memory`. */
export interface ArenaMemory {
  readonly buffer: ArrayBufferLike;
}

/** All that another thread needs to attach: structured-cloneable. */
export interface ArenaHandle {
  readonly memory: ArenaMemory;
  readonly frameBell: DoorbellHandle | undefined;
  readonly recordBell: DoorbellHandle | undefined;
}

/** The bytes of one region. */
export interface Region {
  readonly offset: number;
  readonly bytes: number;
}

/**
 * The shared memory of one connection: a header, counters, a frame ring, a record ring and a latest table in one shared
 * `WebAssembly.Memory`, which JavaScript sees as a `SharedArrayBuffer` and a kernel as its linear memory.
 *
 * Create it on any thread; pass `handle` to others and `Arena.attach(handle)` there.
 */
export class Arena implements RecordMemory {
  readonly handle: ArenaHandle;
  readonly buffer: SharedArrayBuffer;
  readonly venue: number;
  readonly connection: number;

  /** Views of the whole arena, made once: every structure in it indexes these. */
  readonly u8: Uint8Array<SharedArrayBuffer>;
  readonly u16: Uint16Array<SharedArrayBuffer>;
  readonly i32: Int32Array<SharedArrayBuffer>;
  readonly u32: Uint32Array<SharedArrayBuffer>;
  readonly f64: Float64Array<SharedArrayBuffer>;

  /** Rung for the decoder when frames are published, when it waits for space and readers release, and to stop it. */
  readonly frameBell: Doorbell;
  /** Rung for readers when records are published. */
  readonly recordBell: Doorbell;
  /** Rung for the frame writer when the decoder has released frames. */
  readonly spaceBell: Doorbell;

  private constructor(handle: ArenaHandle) {
    const buffer = handle.memory.buffer as unknown as SharedArrayBuffer;
    this.handle = handle;
    this.buffer = buffer;
    this.u8 = new Uint8Array(buffer);
    this.u16 = new Uint16Array(buffer);
    this.i32 = new Int32Array(buffer);
    this.u32 = new Uint32Array(buffer);
    this.f64 = new Float64Array(buffer);
    this.venue = this.u32[layout.HEADER_VENUE >> 2]!;
    this.connection = this.u32[layout.HEADER_CONNECTION >> 2]!;
    const bells = this.region(layout.REGION_BELLS).offset;
    this.frameBell = new Doorbell(handle.frameBell ?? { buffer, offset: bells + layout.BELL_FRAMES });
    this.recordBell = new Doorbell(handle.recordBell ?? { buffer, offset: bells + layout.BELL_RECORDS });
    this.spaceBell = new Doorbell({ buffer, offset: bells + layout.BELL_SPACE });
  }

  /**
   * Makes a new arena. Its memory is reserved at once, and used only as far as it is written.
   *
   * @throws ArgumentError for a size that is no power of two, or out of bounds, or that makes more than 2 GiB together.
   */
  static create(options: ArenaOptions = {}): Arena {
    const { venue = 0, connection = 0, startPosition = 0 } = options;
    const frameRingBytes = powerOfTwo('frameRingBytes', options.frameRingBytes ?? 2 ** 22, 2 ** 8, 2 ** 29);
    const recordSlots = powerOfTwo('recordSlots', options.recordSlots ?? 2 ** 14, 2, 2 ** 21);
    const { latestInstruments = 2 ** 13 } = options;
    if (latestInstruments !== 0) powerOfTwo('latestInstruments', latestInstruments, 2, 2 ** 20);
    const { symbols = 0, books = 0, bookLevels = 1000, sequences = 0 } = options;
    if (symbols !== 0) powerOfTwo('symbols', symbols, 2, 2 ** 20);
    whole('books', books, 0, 2 ** 16);
    whole('sequences', sequences, 0, 2 ** 12);
    const room = bookRoom(whole('bookLevels', bookLevels, 1, 2 ** 16));
    const wanted = symbols === 0 ? 0 : workspaceBytes(books, room);
    const workspace = whole('workspaceBytes', options.workspaceBytes ?? wanted, 0, 2 ** 28);
    if (startPosition % 8 !== 0) {
      throw new ArgumentError(`startPosition must be a multiple of 8, not ${startPosition}`);
    }

    const sizes: number[] = [];
    sizes[layout.REGION_BELLS] = layout.BELLS_BYTES;
    sizes[layout.REGION_COUNTERS] = COUNTERS_BYTES;
    sizes[layout.REGION_PARAMETERS] = layout.PARAMETERS_BYTES;
    sizes[layout.REGION_FRAME_RING] = FRAME_DATA + frameRingBytes;
    sizes[layout.REGION_RECORD_RING] = RECORD_SLOTS + recordSlots * RECORD_BYTES;
    sizes[layout.REGION_LATEST_TABLE] = latestBytes(latestInstruments);
    sizes[layout.REGION_SCRATCH] = (RECORD_READER_COUNT * SCRATCH_SLOTS + SPARE_SLOTS) * RECORD_BYTES;
    sizes[layout.REGION_LATENCY] = (1 + RECORD_READER_COUNT) * LATENCY_BYTES;
    sizes[layout.REGION_SYMBOLS] = symbolTableBytes(symbols);
    sizes[layout.REGION_BOOKS] = booksBytes(books, room);
    sizes[layout.REGION_WORKSPACE] = workspace;
    sizes[layout.REGION_SEQUENCES] = sequenceTableBytes(sequences);

    const offsets: number[] = [];
    let end = layout.HEADER_TOTAL_BYTES;
    for (const [region, bytes] of sizes.entries()) {
      offsets[region] = end;
      end = roundUp(end + bytes, RECORD_BYTES);
    }
    if (end >= MOST_BYTES) {
      throw new ArgumentError(`an arena has less than 2 GiB; these sizes make ${end} bytes`);
    }
    const pages = Math.ceil(end / PAGE_BYTES);
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    const words = new Uint32Array(memory.buffer);
    words[layout.HEADER_VENUE >> 2] = venue;
    words[layout.HEADER_CONNECTION >> 2] = connection;
    words[layout.HEADER_BYTES >> 2] = memory.buffer.byteLength;
    words[layout.HEADER_VERSION >> 2] = layout.LAYOUT_VERSION;
    for (const [region, bytes] of sizes.entries()) {
      const entry = (layout.HEADER_REGIONS + region * layout.REGION_ENTRY_BYTES) >> 2;
      words[entry] = offsets[region]!;
      words[entry + 1] = bytes;
    }
    if (latestInstruments !== 0) {
      words[(offsets[layout.REGION_LATEST_TABLE]! + LATEST_PLACES) >> 2] = latestInstruments;
    }
    if (symbols !== 0) words[(offsets[layout.REGION_SYMBOLS]! + SYMBOLS_CAPACITY) >> 2] = symbols;
    if (books !== 0) {
      words[(offsets[layout.REGION_BOOKS]! + BOOKS_CAPACITY) >> 2] = books;
      words[(offsets[layout.REGION_BOOKS]! + BOOKS_LEVELS) >> 2] = room;
    }
    if (sequences !== 0) words[(offsets[layout.REGION_SEQUENCES]! + SEQUENCES_CAPACITY) >> 2] = sequences;
    const frameRing = offsets[layout.REGION_FRAME_RING]!;
    words[(frameRing + FRAME_PUBLISHED) >> 2] = startPosition;
    words[(frameRing + FRAME_CLAIMED) >> 2] = startPosition;
    const recordRing = offsets[layout.REGION_RECORD_RING]!;
    words[(recordRing + RECORD_PUBLISHED) >> 2] = startPosition;
    words[(recordRing + RECORD_CLAIMED) >> 2] = startPosition;
    // No frame has been published: this is not the position that the ring is at.
    words[(recordRing + RECORD_LAST_POSITION) >> 2] = startPosition - 1;
    // The decoder's place waits from the start, so that frames written before there is a decoder are kept for it.
    words[(frameRing + FRAME_READERS + READER_POSITION) >> 2] = startPosition;
    words[(frameRing + FRAME_READERS + READER_THREAD) >> 2] = READER_NO_THREAD;
    words[(frameRing + FRAME_READERS + READER_STATE) >> 2] = READER_GATING;
    // Last, because a complete header is what the magic says.
    Atomics.store(words, layout.HEADER_MAGIC >> 2, layout.MAGIC);
    return new Arena({ memory, frameBell: options.frameBell, recordBell: options.recordBell });
  }

  /**
   * Attaches to an arena that another thread made.
   *
   * @throws AttachError for a foreign or truncated buffer, or another layout version.
   */
  static attach(handle: ArenaHandle): Arena {
    const buffer: unknown = handle?.memory?.buffer;
    if (!(buffer instanceof SharedArrayBuffer)) {
      throw new AttachError(
        'this is no arena handle: it has no shared WebAssembly.Memory; pass arena.handle',
      );
    }
    if (buffer.byteLength < layout.HEADER_TOTAL_BYTES) {
      throw new AttachError(`this is no arena: ${buffer.byteLength} bytes are less than an arena's header`);
    }
    const words = new Uint32Array(buffer, 0, layout.HEADER_TOTAL_BYTES >> 2);
    const magic = Atomics.load(words, layout.HEADER_MAGIC >> 2);
    if (magic !== layout.MAGIC) {
      throw new AttachError(`this is no arena: its first word is 0x${magic.toString(16).padStart(8, '0')}`);
    }
    const version = words[layout.HEADER_VERSION >> 2];
    if (version !== layout.LAYOUT_VERSION) {
      throw new AttachError(
        `this arena has layout version ${version}, this tickring reads version ${layout.LAYOUT_VERSION}; use one tickring version in all threads`,
      );
    }
    const bytes = words[layout.HEADER_BYTES >> 2];
    if (bytes !== buffer.byteLength) {
      throw new AttachError(
        `this arena is truncated: its header says ${bytes} bytes, the memory has ${buffer.byteLength}`,
      );
    }
    return new Arena(handle);
  }

  /** Says that nothing more will be published, and wakes everyone who waits for more. For the owner. */
  close(): void {
    Atomics.store(this.i32, layout.HEADER_CLOSED >> 2, 1);
    this.recordBell.ringAlways();
    this.frameBell.ringAlways();
    this.spaceBell.ringAlways();
  }

  get closed(): boolean {
    return Atomics.load(this.i32, layout.HEADER_CLOSED >> 2) !== 0;
  }

  /** Where a region lies: `region` is one of the REGION_ numbers of arena-layout. */
  region(region: number): Region {
    const entry = (layout.HEADER_REGIONS + region * layout.REGION_ENTRY_BYTES) >> 2;
    return { offset: this.u32[entry]!, bytes: this.u32[entry + 1]! };
  }
}

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}

function powerOfTwo(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most && (value & (value - 1)) === 0) return value;
  throw new ArgumentError(`${name} must be a power of two from ${least} to ${most}, not ${value}`);
}

function whole(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new ArgumentError(`${name} must be an integer from ${least} to ${most}, not ${value}`);
}

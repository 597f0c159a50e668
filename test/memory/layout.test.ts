import { Arena, type ArenaOptions } from 'tickring/memory';
import { describe, expect, it } from 'vitest';
import * as bookLayout from '../../dist/src/memory/book-layout.js';
import * as sequenceTableLayout from '../../dist/src/memory/sequence-table-layout.js';
import * as symbolTableLayout from '../../dist/src/memory/symbol-table-layout.js';
import * as workspaceLayout from '../../dist/src/memory/workspace-layout.js';
import {
  arenaLayout,
  countersLayout,
  decoderControlLayout,
  doorbellLayout,
  frameRingLayout,
  latencyLayout,
  latestTableLayout,
  readerTableLayout,
  recordLayout,
  recordRingLayout,
} from '../support/memory-internals.ts';

const HINT = 'the layout changed: raise LAYOUT_VERSION, then pin the new numbers here';

describe('layout version 3', () => {
  it('has this header, these regions and these bells', () => {
    expect({ ...arenaLayout }, HINT).toStrictEqual({
      MAGIC: 0x47524b54,
      LAYOUT_VERSION: 4,
      LINE_BYTES: 128,
      HEADER_MAGIC: 0,
      HEADER_VERSION: 4,
      HEADER_VENUE: 8,
      HEADER_BYTES: 12,
      HEADER_CONNECTION: 16,
      HEADER_REGIONS: 64,
      REGION_ENTRY_BYTES: 8,
      REGION_BELLS: 0,
      REGION_COUNTERS: 1,
      REGION_PARAMETERS: 2,
      REGION_FRAME_RING: 3,
      REGION_RECORD_RING: 4,
      REGION_LATEST_TABLE: 5,
      REGION_SCRATCH: 6,
      REGION_LATENCY: 7,
      REGION_SYMBOLS: 8,
      REGION_BOOKS: 9,
      REGION_WORKSPACE: 10,
      REGION_SEQUENCES: 11,
      REGION_COUNT: 12,
      HEADER_CLOSED: 256,
      HEADER_TOTAL_BYTES: 512,
      BELL_FRAMES: 0,
      BELL_RECORDS: 128,
      BELL_SPACE: 256,
      BELLS_BYTES: 384,
      PARAMETERS_BYTES: 1024,
    });
    expect({ ...doorbellLayout }, HINT).toStrictEqual({
      BELL_SIGNAL: 0,
      BELL_ANNOUNCED: 4,
      BELL_PARKS: 8,
      BELL_WITHDRAWN: 12,
    });
  });

  it('has this frame ring', () => {
    expect({ ...frameRingLayout }, HINT).toStrictEqual({
      FRAME_PUBLISHED: 0,
      FRAME_CLAIMED: 128,
      FRAME_NEXT_NUMBER: 256,
      FRAME_NEWEST: 260,
      FRAME_READERS: 384,
      FRAME_READER_COUNT: 4,
      FRAME_DATA: 896,
      FRAME_LENGTH: 0,
      FRAME_KIND: 4,
      FRAME_PAYLOAD: 5,
      FRAME_CONNECTION: 6,
      FRAME_NUMBER: 8,
      FRAME_EPOCH: 12,
      FRAME_RECEIVED_AT: 16,
      FRAME_HEAD_BYTES: 24,
      FRAME_ALIGNMENT: 8,
      FRAME_OVERHEAD: 32,
      FRAME_KIND_BINARY: 1,
      FRAME_KIND_TEXT: 2,
      FRAME_KIND_RESET: 3,
      FRAME_KIND_SKIP: 255,
    });
  });

  it('has this record ring and this record', () => {
    expect({ ...recordRingLayout }, HINT).toStrictEqual({
      RECORD_PUBLISHED: 0,
      RECORD_CLAIMED: 128,
      RECORD_SPACE_WANTED: 256,
      RECORD_LAST_FRAME: 260,
      RECORD_ATTEMPTED_FRAME: 264,
      RECORD_ATTEMPTS: 268,
      RECORD_LAST_POSITION: 272,
      RECORD_READERS: 384,
      RECORD_READER_COUNT: 16,
      RECORD_SLOTS: 2560,
      SCRATCH_SLOTS: 64,
      SPARE_SLOTS: 1,
    });
    expect({ ...recordLayout }, HINT).toStrictEqual({
      RECORD_BYTES: 256,
      RECORD_NUMBER: 0,
      RECORD_KIND: 4,
      RECORD_FLAGS: 6,
      RECORD_FRAME: 8,
      RECORD_INSTRUMENT: 12,
      RECORD_RECEIVED_AT: 16,
      RECORD_DECODED_AT: 24,
      RECORD_EPOCH: 32,
      RECORD_CONNECTION: 36,
      RECORD_INDEX: 38,
      RECORD_VENUE_HEAD: 40,
      RECORD_TIMESTAMP: 40,
      RECORD_SYMBOL: 48,
      RECORD_FLAG_INEXACT: 2,
      RECORD_FLAG_CONTINUED: 4,
      RECORD_BODY: 64,
    });
  });

  it('has these reader places', () => {
    expect({ ...readerTableLayout }, HINT).toStrictEqual({
      READER_BYTES: 128,
      READER_STATE: 0,
      READER_POSITION: 4,
      READER_THREAD: 8,
      READER_READ: 16,
      READER_LAGGED: 24,
      READER_COALESCED: 32,
      READER_DROPPED: 40,
      READER_FREE: 0,
      READER_JOINING: 1,
      READER_GATING: 2,
      READER_COPYING: 3,
      READER_CONFLATING: 4,
      READER_EXPELLED: 5,
      READER_NO_THREAD: -1,
    });
  });

  it('has this latest table', () => {
    expect({ ...latestTableLayout }, HINT).toStrictEqual({
      LATEST_OVERFLOWED: 0,
      LATEST_USED: 4,
      LATEST_PLACES: 8,
      LATEST_RECORDS: 256,
      LATEST_ENTRY_BYTES: 8,
      LATEST_INSTRUMENT: 0,
      LATEST_PLACE: 4,
      LATEST_ENTRIES_PER_PLACE: 2,
      LATEST_SEQUENCE_BYTES: 4,
      LATEST_BLOCK_PLACES: 64,
      LATEST_BLOCK_BYTES: 4,
      LATEST_HASH_MULTIPLIER: 0x9e3779b1,
      LATEST_HASH_SHIFT: 11,
    });
  });

  it('has these counters, histograms and words between a decoder and its owner', () => {
    expect({ ...countersLayout }, HINT).toStrictEqual({
      COUNT_FRAMES: 0,
      COUNT_BYTES: 8,
      COUNT_FRAMES_DROPPED: 16,
      COUNT_FRAMES_TOO_LARGE: 24,
      COUNT_PAUSES: 32,
      COUNT_TEXT_FRAMES: 40,
      COUNT_FRAMES_DECODED: 128,
      COUNT_RECORDS: 136,
      COUNT_HEARTBEATS: 144,
      COUNT_REJECTED: 152,
      COUNT_UNKNOWN: 192,
      COUNT_SPACE_WAITS: 200,
      COUNT_RECORDS_DROPPED: 224,
      COUNT_FRAMES_MALFORMED: 232,
      COUNT_FRAMES_QUARANTINED: 208,
      COUNT_FRAMES_SKIPPED: 240,
      REJECTED_SHORT_FRAME: 0,
      REJECTED_TRUNCATED: 1,
      REJECTED_PACKET_LENGTH: 2,
      REJECTED_TRAILING_BYTES: 3,
      REJECTED_REASONS: 4,
      RESULT_HEARTBEAT: 256,
      RESULT_UNKNOWN: 260,
      RESULT_MALFORMED: 264,
      RESULT_REJECTED: 272,
      RESULT_HANDED_ON: 288,
      HANDED_ON_NOT: 0,
      HANDED_ON_CONTROL: 1,
      HANDED_ON_MALFORMED: 2,
      HANDED_ON_INEXACT: 3,
      HANDED_ON_OVERFLOWED: 4,
      HANDED_ON_GAP: 5,
      RESULT_BOOKS_MATCHED: 292,
      RESULT_BOOKS_FAILED: 296,
      RESULT_BOOKS_IGNORED: 300,
      RESULT_INEXACT: 304,
      RESULT_OVERFLOWED: 308,
      COUNT_HANDED_ON: 384,
      COUNT_BOOKS_MATCHED: 392,
      COUNT_BOOKS_FAILED: 400,
      COUNT_BOOKS_IGNORED: 408,
      COUNT_INEXACT: 416,
      COUNT_OVERFLOWED: 424,
      COUNTERS_BYTES: 512,
    });
    expect({ ...latencyLayout }, HINT).toStrictEqual({
      LATENCY_MAX: 0,
      LATENCY_COUNT: 8,
      LATENCY_BUCKETS: 64,
      LATENCY_STEPS: 16,
      LATENCY_BUCKET_COUNT: 448,
      LATENCY_BYTES: 1920,
    });
    expect({ ...decoderControlLayout }, HINT).toStrictEqual({
      CONTROL_BELL: 0,
      CONTROL_STOP: 128,
      CONTROL_SERVING: 256,
      CONTROL_BYTES: 384,
    });
  });
});

describe('layout version 3 of what text venues have', () => {
  it('has this symbol table', () => {
    expect({ ...symbolTableLayout }, HINT).toStrictEqual({
      SYMBOLS_CAPACITY: 0,
      SYMBOLS_USED: 4,
      SYMBOLS_OVERFLOWED: 8,
      SYMBOLS_INDEX: 128,
      SYMBOLS_INDEX_PER_ENTRY: 2,
      SYMBOLS_INDEX_BYTES: 4,
      SYMBOL_BYTES: 128,
      SYMBOL_LENGTH: 0,
      SYMBOL_HASH: 4,
      SYMBOL_TEXT: 8,
      SYMBOL_MOST_TEXT_BYTES: 80,
      SYMBOL_BOOK: 88,
      SYMBOL_PRICE_PRECISION: 92,
      SYMBOL_QUANTITY_PRECISION: 93,
      SYMBOL_NO_PRECISION: 0xff,
      SYMBOL_VENUE: 96,
      FNV_OFFSET: 0x811c9dc5,
      FNV_PRIME: 0x01000193,
    });
  });

  it('has this sequence table', () => {
    expect({ ...sequenceTableLayout }, HINT).toStrictEqual({
      SEQUENCES_CAPACITY: 0,
      SEQUENCES_USED: 4,
      SEQUENCES_OVERFLOWED: 8,
      SEQUENCES_HEADER_BYTES: 128,
      SEQUENCE_BYTES: 64,
      SEQUENCE_SUBSCRIPTION: 0,
      SEQUENCE_STATE: 4,
      SEQUENCE_LAST: 8,
      SEQUENCE_FRAME: 12,
      SEQUENCE_LAST_BEFORE: 16,
      SEQUENCE_GAPS: 20,
      SEQUENCE_EXPECTED: 24,
      SEQUENCE_RECEIVED: 28,
      SEQUENCE_GAPS_BEFORE: 32,
      SEQUENCE_STATE_BEFORE: 36,
      SEQUENCE_STATE_LIVE: 1,
      SEQUENCE_STATE_ENDED: 2,
    });
  });

  it('has these books', () => {
    expect({ ...bookLayout }, HINT).toStrictEqual({
      BOOKS_CAPACITY: 0,
      BOOKS_LEVELS: 4,
      BOOKS_USED: 8,
      BOOKS_OVERFLOWED: 12,
      BOOKS_LEVELS_OVERFLOWED: 16,
      BOOKS_HEADER_BYTES: 256,
      BOOK_SEQUENCE: 0,
      BOOK_STATE: 4,
      BOOK_SYMBOL: 8,
      BOOK_DEPTH: 12,
      BOOK_BID_COUNT: 16,
      BOOK_ASK_COUNT: 20,
      BOOK_PRICE_SCALE: 24,
      BOOK_QUANTITY_SCALE: 25,
      BOOK_CHECK: 26,
      BOOK_DEPTH_TOLD: 27,
      BOOK_CHECKSUM: 28,
      BOOK_COMPUTED: 32,
      BOOK_EPOCH: 36,
      BOOK_AS_OF: 40,
      BOOK_RECEIVED_AT: 48,
      BOOK_GOOD_AS_OF: 56,
      BOOK_GOOD_RECEIVED_AT: 64,
      BOOK_UPDATES: 72,
      BOOK_MISMATCHES: 80,
      BOOK_RESYNCS: 84,
      BOOK_IGNORED: 88,
      BOOK_VENUE_SEQUENCE: 92,
      BOOK_VENUE_SUBSCRIPTION: 96,
      BOOK_FRAME: 100,
      BOOK_STATE_BEFORE: 104,
      BOOK_VENUE_SUBSCRIPTION_BEFORE: 108,
      BOOK_IN_GAP: 112,
      BOOK_IN_GAP_BEFORE: 113,
      BOOK_DEGRADED: 128,
      BOOK_HEAD_BYTES: 256,
      LEVEL_BYTES: 16,
      LEVEL_PRICE: 0,
      LEVEL_QUANTITY: 8,
      BOOK_STATE_EMPTY: 0,
      BOOK_STATE_SNAPSHOT: 1,
      BOOK_STATE_LIVE: 2,
      BOOK_STATE_RESYNCING: 3,
      BOOK_CHECK_NONE: 0,
      BOOK_CHECK_MATCHED: 1,
      BOOK_CHECK_FAILED: 2,
    });
  });
});

type Field = readonly [name: string, offset: number, bytes: number];

function expectApart(fields: readonly Field[], end: number): void {
  const sorted = fields.toSorted(([, a], [, b]) => a - b);
  for (const [i, [name, offset, bytes]] of sorted.entries()) {
    const [next, limit] = sorted[i + 1] ?? ['the end', end];
    expect(offset + bytes, `${name} ends before ${next} begins`).toBeLessThanOrEqual(limit);
    expect(offset % Math.min(bytes, 8), `${name} is aligned`).toBe(0);
  }
}

describe('fields', () => {
  it('of the header do not overlap', () => {
    const l = arenaLayout;
    expectApart(
      [
        ['magic', l.HEADER_MAGIC, 4],
        ['version', l.HEADER_VERSION, 4],
        ['venue', l.HEADER_VENUE, 4],
        ['bytes', l.HEADER_BYTES, 4],
        ['connection', l.HEADER_CONNECTION, 4],
        ['regions', l.HEADER_REGIONS, l.REGION_COUNT * l.REGION_ENTRY_BYTES],
        ['closed', l.HEADER_CLOSED, 4],
      ],
      l.HEADER_TOTAL_BYTES,
    );
  });

  it('of a frame head do not overlap, and it keeps payloads aligned', () => {
    const l = frameRingLayout;
    expectApart(
      [
        ['length', l.FRAME_LENGTH, 4],
        ['kind', l.FRAME_KIND, 1],
        ['payload', l.FRAME_PAYLOAD, 1],
        ['connection', l.FRAME_CONNECTION, 2],
        ['number', l.FRAME_NUMBER, 4],
        ['epoch', l.FRAME_EPOCH, 4],
        ['receivedAt', l.FRAME_RECEIVED_AT, 8],
      ],
      l.FRAME_HEAD_BYTES,
    );
    expect(l.FRAME_HEAD_BYTES % l.FRAME_ALIGNMENT).toBe(0);
    expect(l.FRAME_DATA % l.FRAME_ALIGNMENT).toBe(0);
    expect(l.FRAME_KIND, 'a skip marker has eight bytes').toBeLessThan(l.FRAME_ALIGNMENT);
  });

  it('of a record head do not overlap', () => {
    const l = recordLayout;
    expectApart(
      [
        ['number', l.RECORD_NUMBER, 4],
        ['kind', l.RECORD_KIND, 1],
        ['flags', l.RECORD_FLAGS, 2],
        ['frame', l.RECORD_FRAME, 4],
        ['instrument', l.RECORD_INSTRUMENT, 4],
        ['receivedAt', l.RECORD_RECEIVED_AT, 8],
        ['decodedAt', l.RECORD_DECODED_AT, 8],
        ['epoch', l.RECORD_EPOCH, 4],
        ['connection', l.RECORD_CONNECTION, 2],
        ['index', l.RECORD_INDEX, 2],
        ['venue head', l.RECORD_VENUE_HEAD, 24],
      ],
      l.RECORD_BODY,
    );
  });

  it('of a reader place do not overlap', () => {
    const l = readerTableLayout;
    expectApart(
      [
        ['state', l.READER_STATE, 4],
        ['position', l.READER_POSITION, 4],
        ['thread', l.READER_THREAD, 4],
        ['read', l.READER_READ, 8],
        ['lagged', l.READER_LAGGED, 8],
        ['coalesced', l.READER_COALESCED, 8],
      ],
      l.READER_BYTES,
    );
  });

  it('of the counters do not overlap, and each writer has lines of its own', () => {
    const l = countersLayout;
    const socket: Field[] = [
      ['frames', l.COUNT_FRAMES, 8],
      ['bytes', l.COUNT_BYTES, 8],
      ['framesDropped', l.COUNT_FRAMES_DROPPED, 8],
      ['framesTooLarge', l.COUNT_FRAMES_TOO_LARGE, 8],
      ['pauses', l.COUNT_PAUSES, 8],
      ['textFrames', l.COUNT_TEXT_FRAMES, 8],
    ];
    const decoder: Field[] = [
      ['framesDecoded', l.COUNT_FRAMES_DECODED, 8],
      ['records', l.COUNT_RECORDS, 8],
      ['heartbeats', l.COUNT_HEARTBEATS, 8],
      ['rejected', l.COUNT_REJECTED, 8 * l.REJECTED_REASONS],
      ['unknown', l.COUNT_UNKNOWN, 8],
      ['spaceWaits', l.COUNT_SPACE_WAITS, 8],
      ['recordsDropped', l.COUNT_RECORDS_DROPPED, 8],
      ['framesMalformed', l.COUNT_FRAMES_MALFORMED, 8],
      ['framesSkipped', l.COUNT_FRAMES_SKIPPED, 8],
      ['heartbeat', l.RESULT_HEARTBEAT, 4],
      ['unknown of a frame', l.RESULT_UNKNOWN, 4],
      ['malformed', l.RESULT_MALFORMED, 4],
      ['rejected of a frame', l.RESULT_REJECTED, 4 * l.REJECTED_REASONS],
      ['handed on', l.RESULT_HANDED_ON, 4],
      ['books matched of a frame', l.RESULT_BOOKS_MATCHED, 4],
      ['books failed of a frame', l.RESULT_BOOKS_FAILED, 4],
      ['books ignored of a frame', l.RESULT_BOOKS_IGNORED, 4],
      ['inexact of a frame', l.RESULT_INEXACT, 4],
      ['overflowed of a frame', l.RESULT_OVERFLOWED, 4],
      ['handedOn', l.COUNT_HANDED_ON, 8],
      ['booksMatched', l.COUNT_BOOKS_MATCHED, 8],
      ['booksFailed', l.COUNT_BOOKS_FAILED, 8],
      ['booksIgnored', l.COUNT_BOOKS_IGNORED, 8],
      ['inexact', l.COUNT_INEXACT, 8],
      ['overflowed', l.COUNT_OVERFLOWED, 8],
    ];
    expectApart([...socket, ...decoder], l.COUNTERS_BYTES);
    const lineOf = ([, offset]: Field) => Math.floor(offset / arenaLayout.LINE_BYTES);
    const ofSocket = new Set(socket.map(lineOf));
    expect(decoder.filter((field) => ofSocket.has(lineOf(field)))).toEqual([]);
    // The kernel clears the reasons with one 16-byte store, and what text kernels find with one and an 8-byte one.
    expect(l.REJECTED_REASONS * 4).toBe(16);
    expect(l.RESULT_OVERFLOWED + 4 - l.RESULT_HANDED_ON).toBe(24);
  });

  it('of a symbol and of a symbol table do not overlap', () => {
    const l = symbolTableLayout;
    expectApart(
      [
        ['capacity', l.SYMBOLS_CAPACITY, 4],
        ['used', l.SYMBOLS_USED, 4],
        ['overflowed', l.SYMBOLS_OVERFLOWED, 4],
      ],
      l.SYMBOLS_INDEX,
    );
    expectApart(
      [
        ['length', l.SYMBOL_LENGTH, 4],
        ['hash', l.SYMBOL_HASH, 4],
        ['text', l.SYMBOL_TEXT, l.SYMBOL_MOST_TEXT_BYTES],
        ['book', l.SYMBOL_BOOK, 4],
        ['price precision', l.SYMBOL_PRICE_PRECISION, 1],
        ['quantity precision', l.SYMBOL_QUANTITY_PRECISION, 1],
        ['venue', l.SYMBOL_VENUE, 32],
      ],
      l.SYMBOL_BYTES,
    );
  });

  it("of a book do not overlap, and the feed's word has a line of its own", () => {
    const l = bookLayout;
    expectApart(
      [
        ['capacity', l.BOOKS_CAPACITY, 4],
        ['levels', l.BOOKS_LEVELS, 4],
        ['used', l.BOOKS_USED, 4],
        ['overflowed', l.BOOKS_OVERFLOWED, 4],
        ['levels overflowed', l.BOOKS_LEVELS_OVERFLOWED, 4],
      ],
      l.BOOKS_HEADER_BYTES,
    );
    const words = [
      'SEQUENCE',
      'STATE',
      'SYMBOL',
      'DEPTH',
      'BID_COUNT',
      'ASK_COUNT',
      'CHECKSUM',
      'COMPUTED',
      'EPOCH',
    ] as const;
    const counts = [
      'MISMATCHES',
      'RESYNCS',
      'IGNORED',
      'VENUE_SEQUENCE',
      'VENUE_SUBSCRIPTION',
      'FRAME',
      'STATE_BEFORE',
      'VENUE_SUBSCRIPTION_BEFORE',
    ] as const;
    const bytes = [
      ...(['PRICE_SCALE', 'QUANTITY_SCALE', 'CHECK', 'DEPTH_TOLD'] as const),
      ...(['IN_GAP', 'IN_GAP_BEFORE'] as const),
    ];
    const doubles = ['AS_OF', 'RECEIVED_AT', 'GOOD_AS_OF', 'GOOD_RECEIVED_AT', 'UPDATES'] as const;
    expectApart(
      [
        ...[...words, ...counts].map((name) => [name, l[`BOOK_${name}`], 4] as const),
        ...bytes.map((name) => [name, l[`BOOK_${name}`], 1] as const),
        ...doubles.map((name) => [name, l[`BOOK_${name}`], 8] as const),
      ],
      l.BOOK_DEGRADED,
    );
    expect(l.BOOK_DEGRADED % arenaLayout.LINE_BYTES).toBe(0);
    expect(l.BOOK_HEAD_BYTES - l.BOOK_DEGRADED).toBe(arenaLayout.LINE_BYTES);
  });

  it('of a workspace do not overlap', () => {
    const l = workspaceLayout;
    const crc = l.CRC_MOST_BYTES * (l.CRC_SLICE_BYTES + l.CRC_PAIRS_BYTES);
    const shapes = l.SHAPE_COUNT * l.SHAPE_MEMBERS * l.GUESS_BYTES;
    const parts = [
      [l.WORKSPACE_CRC, crc],
      [l.WORKSPACE_WORD, l.WORKSPACE_WORD_BYTES],
      [l.WORKSPACE_SHAPES, shapes],
      [l.WORKSPACE_JOURNAL, 6],
      [l.WORKSPACE_SERIAL, 4],
      [l.WORKSPACE_CHANGE, l.CHANGE_QUANTITY + 8],
      [l.WORKSPACE_RECENTS, l.RECENT_COUNT * l.RECENT_BYTES],
      [l.WORKSPACE_JOURNAL_LEVELS, 0],
    ] as const;
    for (const [i, [offset, bytes]] of parts.slice(0, -1).entries()) {
      expect(offset + bytes).toBeLessThanOrEqual(parts[i + 1]![0]);
    }
    expect(l.CHECKS_ASKS + 10 * l.CHECK_BYTES).toBe(l.CHECKS_BIDS);
    // A check is compared with the one behind it, and there is none behind the last one.
    expect(l.CHECKS_BIDS + 11 * l.CHECK_BYTES).toBeLessThanOrEqual(l.CHECKS_BYTES);
  });

  it('of a latency histogram do not overlap', () => {
    const l = latencyLayout;
    expectApart(
      [
        ['max', l.LATENCY_MAX, 8],
        ['count', l.LATENCY_COUNT, 8],
        ['buckets', l.LATENCY_BUCKETS, 4 * l.LATENCY_BUCKET_COUNT],
      ],
      l.LATENCY_BYTES,
    );
  });
});

const SHAPES: readonly ArenaOptions[] = [
  {},
  { frameRingBytes: 256, recordSlots: 2, latestInstruments: 0 },
  { frameRingBytes: 512, recordSlots: 16, latestInstruments: 2 },
  { frameRingBytes: 2 ** 20, recordSlots: 2 ** 12, latestInstruments: 2 ** 10 },
  { frameRingBytes: 2 ** 12, recordSlots: 2 ** 4, symbols: 2, books: 1, bookLevels: 1 },
  {
    frameRingBytes: 2 ** 12,
    recordSlots: 2 ** 4,
    symbols: 64,
    books: 3,
    bookLevels: 1000,
    workspaceBytes: 5,
  },
];

/** Bytes from the start of the arena of every word on which threads meet. */
function cursors(arena: Arena): Map<string, number> {
  const a = arenaLayout;
  const at = (region: number) => arena.region(region).offset;
  const frames = at(a.REGION_FRAME_RING);
  const records = at(a.REGION_RECORD_RING);
  const found = new Map([
    ['closed', a.HEADER_CLOSED],
    ['frame bell', at(a.REGION_BELLS) + a.BELL_FRAMES],
    ['record bell', at(a.REGION_BELLS) + a.BELL_RECORDS],
    ['space bell', at(a.REGION_BELLS) + a.BELL_SPACE],
    ['counters of the socket', at(a.REGION_COUNTERS) + countersLayout.COUNT_FRAMES],
    ['counters of the decoder', at(a.REGION_COUNTERS) + countersLayout.COUNT_FRAMES_DECODED],
    ['frames published', frames + frameRingLayout.FRAME_PUBLISHED],
    ['frames claimed', frames + frameRingLayout.FRAME_CLAIMED],
    ['next frame number', frames + frameRingLayout.FRAME_NEXT_NUMBER],
    ['frames', frames + frameRingLayout.FRAME_DATA],
    ['records published', records + recordRingLayout.RECORD_PUBLISHED],
    ['records claimed', records + recordRingLayout.RECORD_CLAIMED],
    ['record space wanted', records + recordRingLayout.RECORD_SPACE_WANTED],
    ['slots', records + recordRingLayout.RECORD_SLOTS],
  ]);
  for (let place = 0; place < frameRingLayout.FRAME_READER_COUNT; place++) {
    found.set(`frame reader ${place}`, frames + frameRingLayout.FRAME_READERS + place * 128);
  }
  for (let place = 0; place < recordRingLayout.RECORD_READER_COUNT; place++) {
    found.set(`record reader ${place}`, records + recordRingLayout.RECORD_READERS + place * 128);
  }
  for (let which = 0; which <= recordRingLayout.RECORD_READER_COUNT; which++) {
    found.set(`histogram ${which}`, at(a.REGION_LATENCY) + which * latencyLayout.LATENCY_BYTES);
  }
  return found;
}

describe.each(SHAPES)('an arena made with %o', (options) => {
  const arena = Arena.create(options);

  it('has regions that follow each other on multiples of a record, without overlap, within the memory', () => {
    let end: number = arenaLayout.HEADER_TOTAL_BYTES;
    for (let region = 0; region < arenaLayout.REGION_COUNT; region++) {
      const { offset, bytes } = arena.region(region);
      expect(offset % recordLayout.RECORD_BYTES).toBe(0);
      expect(offset).toBeGreaterThanOrEqual(end);
      end = offset + bytes;
    }
    expect(end).toBeLessThanOrEqual(arena.buffer.byteLength);
    expect(end).toBeLessThan(2 ** 31);
  });

  it('has each cursor alone on two cache lines', () => {
    const places = cursors(arena);
    for (const [name, offset] of places) expect(offset % arenaLayout.LINE_BYTES, name).toBe(0);
    const lines = new Set(places.values());
    expect(lines.size).toBe(places.size);
  });

  it('has its slots, and those of copying readers, on multiples of their size', () => {
    const { offset } = arena.region(arenaLayout.REGION_RECORD_RING);
    expect((offset + recordRingLayout.RECORD_SLOTS) % 256).toBe(0);
    expect(arena.region(arenaLayout.REGION_SCRATCH).offset % 256).toBe(0);
    expect(arena.region(arenaLayout.REGION_SCRATCH).bytes).toBe((16 * 64 + 1) * 256);
  });

  it('has as much room as was asked for', () => {
    const { frameRingBytes = 2 ** 22, recordSlots = 2 ** 14, latestInstruments = 2 ** 13 } = options;
    expect(arena.region(arenaLayout.REGION_FRAME_RING).bytes).toBe(896 + frameRingBytes);
    expect(arena.region(arenaLayout.REGION_RECORD_RING).bytes).toBe(2560 + recordSlots * 256);
    const blocks = Math.ceil(latestInstruments / 64);
    const table = latestInstruments === 0 ? 0 : 256 + latestInstruments * (2 * 8 + 4 + 256) + blocks * 4;
    expect(arena.region(arenaLayout.REGION_LATEST_TABLE).bytes).toBe(table);
    const { symbols = 0, books = 0, bookLevels = 1000 } = options;
    const symbolBytes = symbols === 0 ? 0 : 128 + symbols * (2 * 4 + 128);
    expect(arena.region(arenaLayout.REGION_SYMBOLS).bytes).toBe(symbolBytes);
    // As many levels again, for messages that add before they take away.
    const room = Math.ceil((bookLevels + Math.max(bookLevels, 64)) / 8) * 8;
    expect(arena.region(arenaLayout.REGION_BOOKS).bytes).toBe(
      books === 0 ? 0 : 256 + books * (256 + 2 * room * 16),
    );
    const workspace =
      symbols === 0 ? 0 : 68_864 + 2 * room * 16 + books * 768 + Math.max(1024, 4 * room) * 24;
    expect(arena.region(arenaLayout.REGION_WORKSPACE).bytes).toBe(options.workspaceBytes ?? workspace);
  });

  it('knows how many symbols, books and levels it has room for', () => {
    const { symbols = 0, books = 0 } = options;
    const word = (region: number, offset: number) => arena.u32[(arena.region(region).offset + offset) >> 2];
    if (symbols !== 0) {
      expect(word(arenaLayout.REGION_SYMBOLS, symbolTableLayout.SYMBOLS_CAPACITY)).toBe(symbols);
    }
    if (books !== 0) {
      expect(word(arenaLayout.REGION_BOOKS, bookLayout.BOOKS_CAPACITY)).toBe(books);
      const room = word(arenaLayout.REGION_BOOKS, bookLayout.BOOKS_LEVELS)!;
      expect(256 + books * (256 + 2 * room * 16)).toBe(arena.region(arenaLayout.REGION_BOOKS).bytes);
    }
  });
});

describe('an arena', () => {
  const small = { frameRingBytes: 256, recordSlots: 2, latestInstruments: 2 };

  it.each([
    [{ symbols: 3 }, /symbols must be a power of two from 2 to 1048576, not 3/],
    [{ symbols: 1 }, /symbols must be/],
    [{ books: -1 }, /books must be an integer from 0 to 65536, not -1/],
    [{ books: 1.5 }, /books must be/],
    [{ bookLevels: 0 }, /bookLevels must be an integer from 1 to 65536, not 0/],
    [{ workspaceBytes: 2 ** 29 }, /workspaceBytes must be/],
    [{ books: 65_536, bookLevels: 1000 }, /less than 2 GiB/],
  ])('is not made with %o', (options, message) => {
    const refused = expect.objectContaining({
      code: 'ERR_TICKRING_ARGUMENT',
      message: expect.stringMatching(message),
    });
    expect(() => Arena.create({ ...small, ...options })).toThrow(refused);
  });
});

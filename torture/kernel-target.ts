import { isDeepStrictEqual } from 'node:util';
import { packets, SEGMENTS, type Tick, TickView } from 'tickring/kite';
import {
  Arena,
  Counters,
  FRAME_KIND_BINARY,
  FRAME_KIND_RESET,
  FrameWriter,
  LatestTable,
  privateMemory,
  RecordRing,
} from 'tickring/memory';
import {
  arenaLayout,
  frameRing,
  Lane,
  LatestLayout,
  latencyLayout,
  latestTable,
  recordLayout,
  recordRing,
  tickLayout,
} from './internals.ts';
import type { Random } from './support.ts';

export interface TargetShape {
  readonly recordSlots: number;
  /** Places of the latest table, or 0 for none. */
  readonly places: number;
  readonly startPosition: number;
}

const FRAME_RING_BYTES = 2 ** 14;
const { RECORD_BYTES } = recordLayout;
/** How far a record of each kind reaches into its slot: what lies beyond is somebody else's. */
const RECORD_END: Readonly<Record<number, number>> = {
  [tickLayout.TICK_LTP]: 72,
  [tickLayout.TICK_QUOTE]: 108,
  [tickLayout.TICK_INDEX_QUOTE]: 108,
  [tickLayout.TICK_INDEX_FULL]: 128,
  [tickLayout.TICK_FULL]: 248,
};

/** What a frame is by a decode of its own: `packets()`, which shares nothing with the kernel but the layout's numbers. */
function decoded(frame: Uint8Array) {
  const rejected = { shortFrame: 0, truncated: 0, packetLength: 0, trailingBytes: 0 };
  let malformed = 0;
  const ticks: Tick[] = [];
  const walk = packets(frame, {
    onMalformed: ({ reason, missing }) => {
      malformed = 1;
      if (reason === 'short-frame') rejected.shortFrame++;
      else if (reason === 'truncated') rejected.truncated += missing;
      else if (reason === 'packet-length') rejected.packetLength += missing;
      else rejected.trailingBytes++;
    },
  });
  for (const packet of walk) ticks.push(packet.toObject());
  return { rejected, malformed, ticks };
}

/** The most records that a frame can be said to hold before it is decoded: by its count and by its length. */
function mostOf(frame: Buffer): number {
  return frame.length < 2 ? 0 : Math.min(frame.readUInt16BE(0), Math.floor((frame.length - 2) / 10));
}

/**
 * An arena with a lane on it, and a copy of all its bytes. After each frame the two must be the same, but for what the frame
 * may change: everything else is guard page.
 */
export class KernelTarget {
  readonly #arena: Arena;
  readonly #writer: FrameWriter;
  readonly #lane: InstanceType<typeof Lane>;
  readonly #counters: Counters;
  readonly #ring: RecordRing;
  readonly #table: LatestTable;
  readonly #layout: InstanceType<typeof LatestLayout>;
  readonly #view: TickView;
  readonly #newest = privateMemory(RECORD_BYTES);
  readonly #newestView = new TickView(this.#newest);
  /** The arena's bytes, and what they have to be. */
  readonly #bytes: Buffer;
  readonly #shadow: Buffer;
  /** Tokens in the latest table, and their places. */
  readonly #places = new Map<number, number>();
  #overflowed = 0;

  constructor(
    module: WebAssembly.Module,
    { recordSlots, places, startPosition }: TargetShape,
    random: Random,
  ) {
    this.#arena = Arena.create({
      frameRingBytes: FRAME_RING_BYTES,
      recordSlots,
      latestInstruments: places,
      startPosition,
    });
    const arena = this.#arena;
    const parameters = arena.region(arenaLayout.REGION_PARAMETERS).offset >> 2;
    for (const [segment, { divisor }] of Object.entries(SEGMENTS))
      arena.i32[parameters + Number(segment)] = divisor;
    this.#ring = new RecordRing(arena);
    const scratch = arena.region(arenaLayout.REGION_SCRATCH);
    arena.u8.fill(random.below(256), this.#ring.slots, this.#ring.slots + recordSlots * RECORD_BYTES);
    arena.u8.fill(random.below(256), scratch.offset, scratch.offset + scratch.bytes);
    this.#writer = new FrameWriter(arena);
    this.#lane = new Lane(arena, module);
    this.#counters = new Counters(arena);
    this.#table = new LatestTable(arena);
    this.#layout = new LatestLayout(arena);
    this.#view = new TickView(arena);
    this.#bytes = Buffer.from(arena.buffer as unknown as ArrayBuffer);
    this.#shadow = Buffer.from(this.#bytes);
  }

  /** What went wrong with this frame, if anything; and what came out of it, for whoever looks for new outcomes. */
  take(
    frame: Buffer,
    kind = FRAME_KIND_BINARY,
  ): { wrong: string | undefined; outcome: string; records: number } {
    const counts = this.#counters.values();
    const from = Atomics.load(this.#arena.u32, this.#ring.published);
    if (!this.#writer.write(frame, kind, 1_700_000_000_000, 1))
      return this.#wrong('the frame ring has no room');
    this.#learn(this.#region(arenaLayout.REGION_FRAME_RING));
    try {
      if (this.#lane.drain(10) !== 1) return this.#wrong('the lane did not take the frame');
    } catch (error) {
      return this.#wrong(`the lane threw: ${(error as Error).stack}`);
    }
    const isBinary = kind === FRAME_KIND_BINARY;
    const { rejected, malformed, ticks } = isBinary
      ? decoded(frame)
      : { rejected: counts.rejectedBy, malformed: 0, ticks: [] };
    const tooMany = isBinary && mostOf(frame) > this.#ring.capacity;
    const after = this.#counters.values();
    const published = (Atomics.load(this.#arena.u32, this.#ring.published) - from) >>> 0;
    const books: [string, number, number][] = [
      ['records published', published, tooMany ? 0 : ticks.length],
      ['records', after.records - counts.records, tooMany ? 0 : ticks.length],
      ['records dropped', after.recordsDropped - counts.recordsDropped, tooMany ? ticks.length : 0],
      [
        'frames decoded',
        after.framesDecoded - counts.framesDecoded,
        tooMany || kind === FRAME_KIND_RESET ? 0 : 1,
      ],
      ['frames malformed', after.framesMalformed - counts.framesMalformed, malformed],
      ['frames quarantined', after.framesQuarantined - counts.framesQuarantined, 0],
      ['heartbeats', after.heartbeats - counts.heartbeats, isBinary && frame.length === 1 ? 1 : 0],
      ...(Object.keys(rejected) as (keyof typeof rejected)[]).map((reason): [string, number, number] => [
        reason,
        after.rejectedBy[reason] - counts.rejectedBy[reason],
        isBinary ? rejected[reason] : 0,
      ]),
    ];
    const unbalanced = books.filter(([, is, should]) => is !== should);
    if (unbalanced.length > 0) {
      return this.#wrong(unbalanced.map(([name, is, should]) => `${name}: ${is}, not ${should}`).join('; '));
    }
    const wrong =
      (tooMany ? undefined : this.#compare(from, ticks)) ??
      this.#guard(from, ticks, tooMany) ??
      this.#newestOf(ticks);
    const kinds = new Set(ticks.map((tick) => `${tick.mode}${Object.keys(tick).length}`));
    const outcome = [
      ...Object.values(rejected).map((count) => Math.min(count, 3)),
      ...kinds,
      tooMany,
      Math.ceil(Math.log2(ticks.length + 1)),
    ];
    return { wrong, outcome: outcome.join(), records: ticks.length };
  }

  #wrong(wrong: string) {
    return { wrong, outcome: '', records: 0 };
  }

  #slot(position: number): number {
    return this.#ring.slots + (position & this.#ring.mask) * RECORD_BYTES;
  }

  #compare(from: number, ticks: readonly Tick[]): string | undefined {
    const { u32 } = this.#arena;
    for (const [i, tick] of ticks.entries()) {
      const number = (from + i) >>> 0;
      const slot = this.#slot(number);
      this.#view.moveTo(slot);
      if (!isDeepStrictEqual(this.#view.toObject(), tick)) {
        return `record ${i} is ${JSON.stringify(this.#view.toObject())}, not ${JSON.stringify(tick)}`;
      }
      const head = [
        u32[(slot + recordLayout.RECORD_NUMBER) >> 2],
        u32[(slot + recordLayout.RECORD_INSTRUMENT) >> 2],
      ];
      if (head[0] !== number || head[1] !== tick.instrument_token) return `record ${i} has the head ${head}`;
    }
    return undefined;
  }

  /** Compares every byte of the arena with what it has to be. */
  #guard(from: number, ticks: readonly Tick[], tooMany: boolean): string | undefined {
    this.#learn(this.#region(arenaLayout.REGION_BELLS));
    this.#learn(this.#region(arenaLayout.REGION_COUNTERS));
    const frames = this.#arena.region(arenaLayout.REGION_FRAME_RING).offset;
    this.#learn([frames, frames + frameRing.FRAME_DATA]);
    const records = this.#arena.region(arenaLayout.REGION_RECORD_RING).offset;
    this.#learn([records, records + recordRing.RECORD_SLOTS]);
    const latency = this.#arena.region(arenaLayout.REGION_LATENCY).offset;
    this.#learn([latency, latency + latencyLayout.LATENCY_BYTES]);
    if (tooMany) {
      // Turned in the spare slot, for the latest table only.
      const [, end] = this.#region(arenaLayout.REGION_SCRATCH);
      this.#learn([end - RECORD_BYTES, end]);
    } else {
      for (let i = 0; i < ticks.length; i++) {
        const slot = this.#slot(from + i);
        const end = RECORD_END[this.#bytes[slot + recordLayout.RECORD_KIND]!] ?? 0;
        this.#learn([slot, slot + end]);
      }
    }
    for (const { instrument_token: token } of ticks) this.#learnPlace(token);
    if (this.#bytes.equals(this.#shadow)) return undefined;
    const at = this.#bytes.findIndex((byte, i) => byte !== this.#shadow[i]);
    return `byte ${at} of the arena changed from ${this.#shadow[at]} to ${this.#bytes[at]}`;
  }

  /** What the latest table may change for an instrument: found anew, by the documented hashing. */
  #learnPlace(token: number): void {
    const { places, header, index, records, sequences, blockCounters } = this.#layout;
    if (places === 0) return;
    let place = this.#places.get(token);
    this.#learn([header, header + latestTable.LATEST_PLACES]);
    if (place === undefined) {
      if (this.#places.size === places) {
        this.#overflowed++;
        return;
      }
      place = this.#places.size;
      this.#places.set(token, place);
      const mask = places * latestTable.LATEST_ENTRIES_PER_PLACE - 1;
      let entry =
        (Math.imul(token, latestTable.LATEST_HASH_MULTIPLIER) >>> latestTable.LATEST_HASH_SHIFT) & mask;
      while (this.#shadow.readUInt32LE(index + entry * 8 + latestTable.LATEST_PLACE) !== 0)
        entry = (entry + 1) & mask;
      this.#learn([index + entry * 8, index + entry * 8 + 8]);
    }
    this.#learn([records + place * RECORD_BYTES, records + (place + 1) * RECORD_BYTES]);
    this.#learn([sequences + place * 4, sequences + place * 4 + 4]);
    const block = blockCounters + Math.floor(place / latestTable.LATEST_BLOCK_PLACES) * 4;
    this.#learn([block, block + 4]);
  }

  /** The latest table has the last tick of every instrument that found a place. */
  #newestOf(ticks: readonly Tick[]): string | undefined {
    if (this.#layout.places === 0) return undefined;
    if (this.#table.overflowed !== this.#overflowed) {
      return `the latest table counts ${this.#table.overflowed} records without a place, not ${this.#overflowed}`;
    }
    const last = new Map(ticks.map((tick) => [tick.instrument_token, tick]));
    for (const [token, tick] of last) {
      if (!this.#places.has(token)) continue;
      if (!this.#table.read(token, this.#newest)) return `the latest table has no ${token}`;
      this.#newestView.moveTo(0);
      if (!isDeepStrictEqual(this.#newestView.toObject(), tick))
        return `the latest tick of ${token} is another`;
    }
    return undefined;
  }

  #region(region: number): [number, number] {
    const { offset, bytes } = this.#arena.region(region);
    return [offset, offset + bytes];
  }

  /** From here on these bytes have to stay as they are now. */
  #learn([from, to]: readonly [number, number]): void {
    this.#bytes.copy(this.#shadow, from, from, to);
  }
}

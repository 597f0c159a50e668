import type { Arena } from './arena.ts';
import { REGION_LATEST_TABLE } from './arena-layout.ts';
import { fence, nap } from './fence.ts';
import * as layout from './latest-table-layout.ts';
import { RECORD_BYTES } from './record-layout.ts';
import type { RecordMemory } from './record-view.ts';
import { LOOKS_AWAKE, NAPS } from './seqlock.ts';

const RECORD_WORDS = RECORD_BYTES / 4;

/** Where a latest table's parts lie, in bytes from the start of the arena. */
export class LatestLayout {
  /** 0 for no table. */
  readonly places: number;
  readonly blocks: number;
  readonly header: number;
  readonly records: number;
  readonly index: number;
  readonly sequences: number;
  readonly blockCounters: number;

  constructor(arena: Arena) {
    const { offset, bytes } = arena.region(REGION_LATEST_TABLE);
    this.header = offset;
    this.places = bytes === 0 ? 0 : arena.u32[(offset + layout.LATEST_PLACES) >> 2]!;
    this.blocks = Math.ceil(this.places / layout.LATEST_BLOCK_PLACES);
    this.records = offset + layout.LATEST_RECORDS;
    this.index = this.records + this.places * RECORD_BYTES;
    this.sequences = this.index + this.places * layout.LATEST_ENTRIES_PER_PLACE * layout.LATEST_ENTRY_BYTES;
    this.blockCounters = this.sequences + this.places * layout.LATEST_SEQUENCE_BYTES;
  }
}

/** The newest record of each instrument: read by any thread without reading the stream, written by the kernel. */
export class LatestTable {
  readonly #arena: Arena;
  readonly #layout: LatestLayout;
  readonly #mask: number;

  constructor(arena: Arena) {
    this.#arena = arena;
    this.#layout = new LatestLayout(arena);
    this.#mask = this.#layout.places * layout.LATEST_ENTRIES_PER_PLACE - 1;
  }

  /** Records of instruments that found no place: the table is too small. */
  get overflowed(): number {
    return this.#mask < 0 ? 0 : this.#arena.u32[(this.#layout.header + layout.LATEST_OVERFLOWED) >> 2]!;
  }

  /**
   * Copies the newest record of an instrument to the start of `target`. Never torn: while the record is being written
   * it looks again, and naps where its writer was preempted. What a decoder left half written when it died is, after some
   * 50 ms, answered like none; its successor writes it anew.
   *
   * @returns false, with `target` of no meaning, when there is none
   */
  read(instrument: number, target: RecordMemory): boolean {
    const place = this.#find(instrument);
    return place >= 0 && this.readPlace(place, target, 0) !== 0;
  }

  /** Changes whenever the record of an instrument does; 0 while there has been none. */
  sequence(instrument: number): number {
    const place = this.#find(instrument);
    if (place < 0) return 0;
    return Atomics.load(
      this.#arena.u32,
      (this.#layout.sequences + place * layout.LATEST_SEQUENCE_BYTES) >> 2,
    );
  }

  /**
   * Copies the record of a place to a byte of `target`.
   *
   * @returns the sequence that it had, half of which counts the place's updates; 0 when it has never been written
   */
  readPlace(place: number, target: RecordMemory, offset: number): number {
    const { u32, i32 } = this.#arena;
    const sequence = (this.#layout.sequences + place * layout.LATEST_SEQUENCE_BYTES) >> 2;
    const record = (this.#layout.records + place * RECORD_BYTES) >> 2;
    const copy = target.i32;
    const at = offset >> 2;
    for (let look = 0; look < LOOKS_AWAKE + NAPS; look++) {
      if (look >= LOOKS_AWAKE) nap(1);
      const before = Atomics.load(u32, sequence);
      if (before === 0) return 0;
      if ((before & 1) !== 0) continue;
      for (let word = 0; word < RECORD_WORDS; word++) copy[at + word] = i32[record + word]!;
      fence();
      if (Atomics.load(u32, sequence) === before) return before;
    }
    return 0;
  }

  /** The instrument's place, counted from 0, or −1. */
  #find(instrument: number): number {
    const { u32 } = this.#arena;
    let entry =
      (Math.imul(instrument, layout.LATEST_HASH_MULTIPLIER) >>> layout.LATEST_HASH_SHIFT) & this.#mask;
    for (let probe = 0; probe <= this.#mask; probe++) {
      const at = this.#layout.index + entry * layout.LATEST_ENTRY_BYTES;
      const place = Atomics.load(u32, (at + layout.LATEST_PLACE) >> 2);
      if (place === 0) return -1;
      if (u32[(at + layout.LATEST_INSTRUMENT) >> 2] === instrument) return place - 1;
      entry = (entry + 1) & this.#mask;
    }
    return -1;
  }
}

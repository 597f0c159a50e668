import type { Arena } from './arena.ts';
import { REGION_LATEST_TABLE } from './arena-layout.ts';
import { fence } from './fence.ts';
import * as layout from './latest-table-layout.ts';
import { RECORD_BYTES } from './record-layout.ts';
import type { RecordMemory } from './record-view.ts';

const RECORD_WORDS = RECORD_BYTES / 4;
const PLACE_BYTES =
  layout.LATEST_ENTRIES_PER_PLACE * layout.LATEST_ENTRY_BYTES + layout.LATEST_SEQUENCE_BYTES + RECORD_BYTES;

/** Writing a record takes some 50 ns; whoever has to look this often looks at what a decoder left when it died. */
const MOST_LOOKS = 10_000;

/** The newest record of each instrument: read by any thread without reading the stream, written by the kernel. */
export class LatestTable {
  readonly #arena: Arena;
  readonly #index: number;
  readonly #sequences: number;
  readonly #records: number;
  readonly #mask: number;
  readonly #overflowed: number;

  constructor(arena: Arena) {
    const { offset, bytes } = arena.region(REGION_LATEST_TABLE);
    const places = latestPlaces(bytes);
    const entries = places * layout.LATEST_ENTRIES_PER_PLACE;
    this.#arena = arena;
    this.#mask = entries - 1;
    this.#index = offset + layout.LATEST_INDEX;
    this.#sequences = this.#index + entries * layout.LATEST_ENTRY_BYTES;
    this.#records = this.#sequences + places * layout.LATEST_SEQUENCE_BYTES;
    this.#overflowed = (offset + layout.LATEST_OVERFLOWED) >> 2;
  }

  /** Records of instruments that found no place: the table is too small. */
  get overflowed(): number {
    return this.#mask < 0 ? 0 : this.#arena.u32[this.#overflowed]!;
  }

  /**
   * Copies the newest record of an instrument to the start of `target`. Never torn: while the record is being written
   * it looks again. Never blocks: what a decoder left half written when it died is answered like none.
   *
   * @returns false, with `target` of no meaning, when there is none
   */
  read(instrument: number, target: RecordMemory): boolean {
    const { u32, i32 } = this.#arena;
    const place = this.#find(instrument);
    if (place < 0) return false;
    const sequence = (this.#sequences + place * layout.LATEST_SEQUENCE_BYTES) >> 2;
    const record = (this.#records + place * RECORD_BYTES) >> 2;
    const copy = target.i32;
    for (let look = 0; look < MOST_LOOKS; look++) {
      const before = Atomics.load(u32, sequence);
      if (before === 0) return false;
      if ((before & 1) === 0) {
        for (let word = 0; word < RECORD_WORDS; word++) copy[word] = i32[record + word]!;
        fence();
        if (Atomics.load(u32, sequence) === before) return true;
      }
    }
    return false;
  }

  /** The instrument's place, counted from 0, or −1. */
  #find(instrument: number): number {
    const { u32 } = this.#arena;
    let entry =
      (Math.imul(instrument, layout.LATEST_HASH_MULTIPLIER) >>> layout.LATEST_HASH_SHIFT) & this.#mask;
    for (let probe = 0; probe <= this.#mask; probe++) {
      const at = this.#index + entry * layout.LATEST_ENTRY_BYTES;
      const place = Atomics.load(u32, (at + layout.LATEST_PLACE) >> 2);
      if (place === 0) return -1;
      if (u32[(at + layout.LATEST_INSTRUMENT) >> 2] === instrument) return place - 1;
      entry = (entry + 1) & this.#mask;
    }
    return -1;
  }
}

/** Bytes of a table for so many instruments. */
export function latestBytes(places: number): number {
  return places === 0 ? 0 : layout.LATEST_INDEX + places * PLACE_BYTES;
}

function latestPlaces(bytes: number): number {
  return bytes === 0 ? 0 : (bytes - layout.LATEST_INDEX) / PLACE_BYTES;
}

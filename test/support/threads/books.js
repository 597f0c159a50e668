// Writes books as kernels do, by their layout and the seqlock's protocol; and reckons what proves that one was read whole.
import { REGION_BOOKS } from '../../../dist/src/memory/arena-layout.js';
import * as layout from '../../../dist/src/memory/book-layout.js';

export class BookWriter {
  #arena;
  #head;
  #levels;

  constructor(arena, place = 0) {
    const { offset } = arena.region(REGION_BOOKS);
    this.#arena = arena;
    this.#levels = arena.u32[(offset + layout.BOOKS_LEVELS) >> 2];
    const bytes = layout.BOOK_HEAD_BYTES + 2 * this.#levels * layout.LEVEL_BYTES;
    this.#head = offset + layout.BOOKS_HEADER_BYTES + place * bytes;
    const used = (offset + layout.BOOKS_USED) >> 2;
    Atomics.store(arena.u32, used, Math.max(arena.u32[used], place + 1));
  }

  /** Byte offset of a field of the head. */
  at(field) {
    return this.#head + field;
  }

  /** The sequence is odd from here on. */
  begin() {
    const { u32 } = this.#arena;
    const sequence = this.#head >> 2;
    Atomics.exchange(u32, sequence, u32[sequence] | 1);
    Atomics.load(u32, sequence);
  }

  end() {
    const { u32 } = this.#arena;
    const sequence = this.#head >> 2;
    Atomics.store(u32, sequence, (u32[sequence] + 1) >>> 0 || 2);
  }

  /** Sets fields of the head: `{ BOOK_STATE: 2 }`. Names say their widths in the layout. */
  set(fields) {
    const { u8, u32, f64 } = this.#arena;
    for (const [name, value] of Object.entries(fields)) {
      const at = this.#head + OFFSETS.get(name);
      if (BYTES.has(name)) u8[at] = value;
      else if (DOUBLES.has(name)) f64[at >> 3] = value;
      else if (typeof value === 'bigint') this.#int64(at, value);
      else u32[at >> 2] = value;
    }
  }

  /** Replaces a side. A level is its price and quantity, as integers. */
  levels(side, levels) {
    this.#arena.u32[this.at(side === 'bids' ? layout.BOOK_BID_COUNT : layout.BOOK_ASK_COUNT) >> 2] =
      levels.length;
    for (const [i, [price, quantity]] of levels.entries()) this.level(side, i, price, quantity);
  }

  level(side, i, price, quantity) {
    const first = this.#head + layout.BOOK_HEAD_BYTES;
    const level = first + ((side === 'bids' ? 0 : this.#levels) + i) * layout.LEVEL_BYTES;
    this.#int64(level + layout.LEVEL_PRICE, price);
    this.#int64(level + layout.LEVEL_QUANTITY, quantity);
  }

  #int64(at, value) {
    this.#arena.u32[at >> 2] = Number(BigInt.asUintN(32, value));
    this.#arena.i32[(at >> 2) + 1] = Number(value >> 32n);
  }
}

const OFFSETS = new Map(Object.entries(layout));
const BYTES = new Set(['BOOK_PRICE_SCALE', 'BOOK_QUANTITY_SCALE', 'BOOK_CHECK']);
const DOUBLES = new Set(['BOOK_RECEIVED_AT', 'BOOK_GOOD_RECEIVED_AT', 'BOOK_UPDATES']);

export function mix(sum, value) {
  return Math.imul(sum ^ value, 0x85ebca6b) ^ (sum >>> 13);
}

import { BookLevels } from './book-levels.ts';
import { decimalInteger, decimalText, decimalToNumber } from './decimal.ts';
import { nanosecondsToMilliseconds } from './nanoseconds.ts';
import type { RecordMemory } from './record-view.ts';

/**
 * The fields of one record where it lies, by their offsets: what a venue's views read through. The views of one selector share
 * one of these, so that all of them are moved by moving it. Numbers allocate nothing; texts and bigints do.
 */
export class RecordFields {
  readonly #u8: Uint8Array;
  readonly #u16: Uint16Array;
  readonly #i32: Int32Array;
  readonly #u32: Uint32Array;
  readonly #f64: Float64Array;
  /** The record's first byte. */
  #at = 0;

  constructor(memory: RecordMemory) {
    this.#u8 = memory.u8;
    this.#u16 = memory.u16;
    this.#i32 = memory.i32;
    this.#u32 = memory.u32;
    this.#f64 = memory.f64;
  }

  /** @param offset the record's first byte, a multiple of 8 */
  moveTo(offset: number): void {
    this.#at = offset;
  }

  uint8(offset: number): number {
    return this.#u8[this.#at + offset]!;
  }

  uint16(offset: number): number {
    return this.#u16[(this.#at + offset) >> 1]!;
  }

  uint32(offset: number): number {
    return this.#u32[(this.#at + offset) >> 2]!;
  }

  float64(offset: number): number {
    return this.#f64[(this.#at + offset) >> 3]!;
  }

  int64(offset: number): bigint {
    const word = (this.#at + offset) >> 2;
    return decimalInteger(this.#u32[word]!, this.#i32[word + 1]!);
  }

  uint64(offset: number): bigint {
    const word = (this.#at + offset) >> 2;
    return decimalInteger(this.#u32[word]!, this.#u32[word + 1]!);
  }

  /** Whether an int64 is not 0. */
  has64(offset: number): boolean {
    const word = (this.#at + offset) >> 2;
    return this.#u32[word] !== 0 || this.#i32[word + 1] !== 0;
  }

  /** An int64 over 10^scale. */
  decimal(offset: number, scale: number): number {
    const word = (this.#at + offset) >> 2;
    return decimalToNumber(this.#u32[word]!, this.#i32[word + 1]!, scale);
  }

  /** The same with all its decimals. */
  decimalText(offset: number, scale: number): string {
    const word = (this.#at + offset) >> 2;
    return decimalText(this.#u32[word]!, this.#i32[word + 1]!, scale);
  }

  /** int64 nanoseconds, as milliseconds with a fraction. */
  milliseconds(offset: number): number {
    const word = (this.#at + offset) >> 2;
    return nanosecondsToMilliseconds(this.#u32[word]!, this.#i32[word + 1]!);
  }

  /** ASCII: ids and the like. */
  text(offset: number, length: number): string {
    let text = '';
    for (let i = 0; i < length; i++) text += String.fromCharCode(this.#u8[this.#at + offset + i]!);
    return text;
  }

  /** A flyweight over book levels in these records, to be moved with `wordOf`. */
  makeLevels(): BookLevels {
    return new BookLevels(this.#u32, this.#i32);
  }

  /** Index of the word at an offset. */
  wordOf(offset: number): number {
    return (this.#at + offset) >> 2;
  }
}

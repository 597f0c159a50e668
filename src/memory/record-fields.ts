import { BookLevels } from './book-levels.ts';
import { decimalInteger, decimalText, decimalToNumber, powerOfTen } from './decimal.ts';
import { nanosecondsToMilliseconds } from './nanoseconds.ts';
import type { RecordMemory } from './record-view.ts';

/** A scale that says that its decimal is absent. */
const ABSENT = 0xff;
/** What `decimalAt` makes of them exactly with one division: integers below 2^53, and 10^22. */
const EXACT_HIGH = 2 ** 21;
const EXACT_POWERS = 22;
const POWERS_OF_TEN = Float64Array.from({ length: EXACT_POWERS + 1 }, (_, power) => powerOfTen(power));
const TWO_32 = 2 ** 32;

/**
 * The fields of one record where it lies, by their offsets: what a venue's views read through. The views of all kinds over one
 * memory share one of these, so that all of them are moved by moving it. Numbers allocate nothing; texts and bigints do.
 */
export class RecordFields {
  // Private to TypeScript only: V8 needs more code for its own private fields, and inlines only so much of it into a reader's
  // loop. For the same reason `decimalAt` calls nothing in the common case.
  private readonly u8: Uint8Array;
  private readonly u16: Uint16Array;
  private readonly i32: Int32Array;
  private readonly u32: Uint32Array;
  private readonly f64: Float64Array;
  /** The record's first byte. */
  private at = 0;

  constructor(memory: RecordMemory) {
    this.u8 = memory.u8;
    this.u16 = memory.u16;
    this.i32 = memory.i32;
    this.u32 = memory.u32;
    this.f64 = memory.f64;
  }

  /** @param offset the record's first byte, a multiple of 8 */
  moveTo(offset: number): void {
    this.at = offset;
  }

  uint8(offset: number): number {
    return this.u8[this.at + offset]!;
  }

  uint16(offset: number): number {
    return this.u16[(this.at + offset) >> 1]!;
  }

  uint32(offset: number): number {
    return this.u32[(this.at + offset) >> 2]!;
  }

  float64(offset: number): number {
    return this.f64[(this.at + offset) >> 3]!;
  }

  int64(offset: number): bigint {
    const word = (this.at + offset) >> 2;
    return decimalInteger(this.u32[word]!, this.i32[word + 1]!);
  }

  uint64(offset: number): bigint {
    const word = (this.at + offset) >> 2;
    return decimalInteger(this.u32[word]!, this.u32[word + 1]!);
  }

  /** Whether an int64 is not 0. */
  has64(offset: number): boolean {
    const word = (this.at + offset) >> 2;
    return this.u32[word] !== 0 || this.i32[word + 1] !== 0;
  }

  /**
   * An int64 over 10^scale; undefined where the scale says that it was absent (0xff).
   *
   * @param scaleOffset where its scale is, a uint8
   */
  decimalAt(offset: number, scaleOffset: number): number | undefined {
    const { at } = this;
    const scale = this.u8[at + scaleOffset]!;
    const word = (at + offset) >> 2;
    const high = this.i32[word + 1]!;
    return scale <= EXACT_POWERS && high >= -EXACT_HIGH && high < EXACT_HIGH
      ? (high * TWO_32 + this.u32[word]!) / POWERS_OF_TEN[scale]!
      : rareDecimal(this.u32[word]!, high, scale);
  }

  /** An int64 over 10^scale. */
  decimal(offset: number, scale: number): number {
    const word = (this.at + offset) >> 2;
    return decimalToNumber(this.u32[word]!, this.i32[word + 1]!, scale);
  }

  /** The same with all its decimals. */
  decimalText(offset: number, scale: number): string {
    const word = (this.at + offset) >> 2;
    return decimalText(this.u32[word]!, this.i32[word + 1]!, scale);
  }

  /** int64 nanoseconds, as milliseconds with a fraction. */
  milliseconds(offset: number): number {
    const word = (this.at + offset) >> 2;
    return nanosecondsToMilliseconds(this.u32[word]!, this.i32[word + 1]!);
  }

  /** ASCII: ids and the like. */
  text(offset: number, length: number): string {
    let text = '';
    for (let i = 0; i < length; i++) text += String.fromCharCode(this.u8[this.at + offset + i]!);
    return text;
  }

  /** A flyweight over book levels in these records, to be moved with `wordOf`. */
  makeLevels(): BookLevels {
    return new BookLevels(this.u32, this.i32);
  }

  /** Index of the word at an offset. */
  wordOf(offset: number): number {
    return (this.at + offset) >> 2;
  }
}

function rareDecimal(low: number, high: number, scale: number): number | undefined {
  return scale === ABSENT ? undefined : decimalToNumber(low, high, scale);
}

/**
 * The value of a field that is not there. A call, because as long as none has been made, V8 takes it that none will be, and keeps
 * the numbers of such fields in registers instead of on the heap.
 */
export function absent(): undefined {
  return undefined;
}

/** int64 nanoseconds since the epoch, in ms with a fraction; undefined when there was none. */
export function optionalTime(fields: RecordFields, offset: number): number | undefined {
  return fields.has64(offset) ? fields.milliseconds(offset) : absent();
}

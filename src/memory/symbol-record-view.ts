import { inspect } from 'node:util';
import { optionalTime, type RecordFields } from './record-fields.ts';
import * as layout from './record-layout.ts';
import type { RecordView } from './record-view.ts';
import type { SymbolTable } from './symbol-table.ts';

// Imported constants are loaded anew each time; those of this file V8 knows.
const CONNECTION = layout.RECORD_CONNECTION;
const DECODED_AT = layout.RECORD_DECODED_AT;
const EPOCH = layout.RECORD_EPOCH;
const FLAGS = layout.RECORD_FLAGS;
const FRAME = layout.RECORD_FRAME;
const INDEX = layout.RECORD_INDEX;
const NUMBER = layout.RECORD_NUMBER;
const RECEIVED_AT = layout.RECORD_RECEIVED_AT;
const SYMBOL = layout.RECORD_SYMBOL;
const TIMESTAMP = layout.RECORD_TIMESTAMP;
const INEXACT = layout.RECORD_FLAG_INEXACT;
const CONTINUED = layout.RECORD_FLAG_CONTINUED;

/**
 * What the views of all kinds of records have at venues whose instruments are symbols. A view is a flyweight over one record where
 * it lies: nothing is copied, and moving it allocates nothing. Read what you need, or copy it with `toObject()`, before you move
 * on. Times are ms since the epoch with a fraction (`timestamp`) and nanoseconds (`timestampNs`).
 */
export abstract class SymbolRecordView implements RecordView<SymbolRecordView> {
  /** What the record is: tells a venue's records apart. */
  abstract readonly kind: string;
  protected readonly fields: RecordFields;
  protected readonly symbols: SymbolTable;

  constructor(fields: RecordFields, symbols: SymbolTable) {
    this.fields = fields;
    this.symbols = symbols;
  }

  /** Views that share their fields move together. */
  moveTo(offset: number): this {
    this.fields.moveTo(offset);
    return this;
  }

  /** As the venue names it. */
  get symbol(): string {
    return this.symbols.text(this.fields.uint32(SYMBOL));
  }

  /** Its number in the symbol table of its connection. */
  get symbolId(): number {
    return this.fields.uint32(SYMBOL);
  }

  /** The venue's time of the message; undefined when it had none. */
  get timestamp(): number | undefined {
    return optionalTime(this.fields, TIMESTAMP);
  }

  /** 0n when it had none. */
  get timestampNs(): bigint {
    return this.fields.int64(TIMESTAMP);
  }

  /** When the frame was received, ms since the epoch with a fraction. */
  get receivedAt(): number {
    return this.fields.float64(RECEIVED_AT);
  }

  /** When the decoder took up the frame, ms since the epoch with a fraction. */
  get decodedAt(): number {
    return this.fields.float64(DECODED_AT);
  }

  /** The connection's number within its feed. */
  get connection(): number {
    return this.fields.uint16(CONNECTION);
  }

  /** How often that connection had been opened. */
  get epoch(): number {
    return this.fields.uint32(EPOCH);
  }

  /** Number of the frame on its connection, wrapping at 2^32; and the record's place in it. */
  get frame(): number {
    return this.fields.uint32(FRAME);
  }

  get index(): number {
    return this.fields.uint16(INDEX);
  }

  /** Position in the connection's record ring, wrapping at 2^32. */
  get number(): number {
    return this.fields.uint32(NUMBER);
  }

  /** The venue's flag bits; the getters below name them. */
  get flags(): number {
    return this.fields.uint16(FLAGS);
  }

  /** Something did not fit its field, a number of too many digits, say: that is absent, and the text was handed to the feed. */
  get inexact(): boolean {
    return (this.fields.uint16(FLAGS) & INEXACT) !== 0;
  }

  /** The message goes on in the next record. */
  get continued(): boolean {
    return (this.fields.uint16(FLAGS) & CONTINUED) !== 0;
  }

  /** A copy: what the getters give, as numbers. */
  abstract toObject(): { readonly kind: string };

  /** Printed like its copy. */
  [inspect.custom](): object {
    return this.toObject();
  }
}

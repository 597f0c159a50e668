import { inspect } from 'node:util';
import type { RecordFields } from '../memory/record-fields.ts';
import {
  RECORD_CONNECTION,
  RECORD_DECODED_AT,
  RECORD_EPOCH,
  RECORD_FLAGS,
  RECORD_FRAME,
  RECORD_INDEX,
  RECORD_NUMBER,
  RECORD_RECEIVED_AT,
} from '../memory/record-layout.ts';
import type { RecordView } from '../memory/record-view.ts';
import type { SymbolTable } from '../memory/symbol-table.ts';
import {
  KRAKEN_FLAG_CONTINUED,
  KRAKEN_FLAG_INEXACT,
  KRAKEN_FLAG_SNAPSHOT,
  KRAKEN_SYMBOL,
  KRAKEN_TIMESTAMP,
} from './record-layout.ts';
import { optionalTime } from './view-fields.ts';

// Imported constants are loaded anew each time; those of this file V8 knows.
const CONNECTION = RECORD_CONNECTION;
const DECODED_AT = RECORD_DECODED_AT;
const EPOCH = RECORD_EPOCH;
const FLAGS = RECORD_FLAGS;
const FRAME = RECORD_FRAME;
const INDEX = RECORD_INDEX;
const NUMBER = RECORD_NUMBER;
const RECEIVED_AT = RECORD_RECEIVED_AT;
const SYMBOL = KRAKEN_SYMBOL;
const TIMESTAMP = KRAKEN_TIMESTAMP;
const SNAPSHOT = KRAKEN_FLAG_SNAPSHOT;
const INEXACT = KRAKEN_FLAG_INEXACT;
const CONTINUED = KRAKEN_FLAG_CONTINUED;

/**
 * What the views of all kinds of Kraken's records have. A view is a flyweight over one record where it lies: nothing is copied,
 * and moving it allocates nothing. Read what you need, or copy it with `toObject()`, before you move on.
 *
 * A decimal comes in three forms: as a number (`bid`: the one that `JSON.parse` would give), as text with all the decimals that
 * it was sent with (`bidText`), and as an integer with a scale (`bidInteger` / 10^`bidScale`). Numbers allocate nothing, texts
 * and bigints do. Times are ms since the epoch with a fraction (`timestamp`) and nanoseconds (`timestampNs`).
 */
export abstract class KrakenView implements RecordView<KrakenView> {
  /** What the record is: tells the members of `KrakenRecord` apart. */
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

  /** As Kraken names it: `'BTC/USD'`. */
  get symbol(): string {
    return this.symbols.text(this.fields.uint32(SYMBOL));
  }

  /** Its number in the symbol table of its connection. */
  get symbolId(): number {
    return this.fields.uint32(SYMBOL);
  }

  /** Kraken's time of the message; undefined when it had none. */
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

  /** The KRAKEN_FLAG_ bits; the getters below name them. */
  get flags(): number {
    return this.fields.uint16(FLAGS);
  }

  /** It belongs to a snapshot: what was so when the subscription began. */
  get snapshot(): boolean {
    return (this.fields.uint16(FLAGS) & SNAPSHOT) !== 0;
  }

  /** A number had more than 18 digits, or a time did not fit: that field is absent, and the text was handed to the feed. */
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

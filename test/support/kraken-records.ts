/** Writes Kraken's records as its kernel does, by their layout. */

import { Arena, privateMemory } from 'tickring/memory';
import { SymbolWriter } from './symbols.ts';
import {
  type KrakenRecord,
  KrakenViews,
  krakenLayout as layout,
  recordLayout,
  SymbolTable,
} from './views-internals.ts';

/** A decimal as it stands in a message, or undefined where a field is absent. */
export type Token = string | undefined;

/** One record in memory of its own. */
export class RecordWriter {
  readonly bytes = new Uint8Array(recordLayout.RECORD_BYTES);
  readonly #data = new DataView(this.bytes.buffer);

  uint8(offset: number, value: number): this {
    this.#data.setUint8(offset, value);
    return this;
  }

  uint16(offset: number, value: number): this {
    this.#data.setUint16(offset, value, true);
    return this;
  }

  uint32(offset: number, value: number): this {
    this.#data.setUint32(offset, value, true);
    return this;
  }

  int64(offset: number, value: bigint): this {
    this.#data.setBigUint64(offset, BigInt.asUintN(64, value), true);
    return this;
  }

  float64(offset: number, value: number): this {
    this.#data.setFloat64(offset, value, true);
    return this;
  }

  text(offset: number, value: string): this {
    this.bytes.set(Buffer.from(value), offset);
    return this;
  }

  /** An int64, and its scale elsewhere. */
  decimal(offset: number, scale: number, token: Token): this {
    if (token === undefined) return this.uint8(scale, layout.SCALE_ABSENT);
    const [whole, fraction = ''] = token.split('.');
    return this.int64(offset, BigInt(`${whole}${fraction}`)).uint8(scale, fraction.length);
  }

  /** Decimals that lie one behind the other, like their scales. */
  decimals(first: number, scales: number, tokens: readonly Token[]): this {
    for (const [i, token] of tokens.entries()) this.decimal(first + 8 * i, scales + i, token);
    return this;
  }

  /** A level of a book: integers. */
  level(offset: number, price: bigint, quantity: bigint): this {
    return this.int64(offset, price).int64(offset + 8, quantity);
  }
}

/** What a record's head holds, by default nothing of note. */
export interface Head {
  kind: number;
  symbol?: number;
  timestamp?: bigint;
  flags?: number;
  number?: number;
  frame?: number;
  index?: number;
  epoch?: number;
  connection?: number;
  receivedAt?: number;
  decodedAt?: number;
}

export function record(head: Head): RecordWriter {
  return new RecordWriter()
    .uint32(recordLayout.RECORD_NUMBER, head.number ?? 0)
    .uint8(recordLayout.RECORD_KIND, head.kind)
    .uint16(recordLayout.RECORD_FLAGS, head.flags ?? 0)
    .uint32(recordLayout.RECORD_FRAME, head.frame ?? 0)
    .uint16(recordLayout.RECORD_INDEX, head.index ?? 0)
    .uint32(recordLayout.RECORD_EPOCH, head.epoch ?? 1)
    .uint16(recordLayout.RECORD_CONNECTION, head.connection ?? 0)
    .float64(recordLayout.RECORD_RECEIVED_AT, head.receivedAt ?? 0)
    .float64(recordLayout.RECORD_DECODED_AT, head.decodedAt ?? 0)
    .int64(layout.KRAKEN_TIMESTAMP, head.timestamp ?? 0n)
    .uint32(layout.KRAKEN_SYMBOL, head.symbol ?? 0);
}

/** Symbols, by their ids, as an arena has them. */
export function symbolTable(...texts: readonly string[]): SymbolTable {
  const options = { frameRingBytes: 256, recordSlots: 2, latestInstruments: 0 };
  const arena = Arena.create({ ...options, symbols: 16 });
  const writer = new SymbolWriter(arena);
  for (const text of texts) writer.add(text);
  return new SymbolTable(arena);
}

/** The view of a record. */
export function viewOf(written: RecordWriter, symbols: SymbolTable): KrakenRecord {
  const memory = privateMemory(2 * recordLayout.RECORD_BYTES);
  // Not at the start: views may not take it for granted.
  memory.u8.set(written.bytes, recordLayout.RECORD_BYTES);
  return new KrakenViews(memory, symbols).moveTo(recordLayout.RECORD_BYTES);
}

/** The same, of one kind; another one throws. */
export function viewAs<Kind extends KrakenRecord['kind']>(
  kind: Kind,
  written: RecordWriter,
  symbols: SymbolTable,
): Extract<KrakenRecord, { kind: Kind }> {
  const view = viewOf(written, symbols);
  if (view.kind !== kind) throw new Error(`this is a ${view.kind}`);
  return view as Extract<KrakenRecord, { kind: Kind }>;
}

/** Writes records as kernels do, by their layout. */

import { Arena } from 'tickring/memory';
import { SymbolWriter } from './symbols.ts';
import { recordLayout, SymbolTable } from './views-internals.ts';

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

  head(head: Head): this {
    return this.uint32(recordLayout.RECORD_NUMBER, head.number ?? 0)
      .uint8(recordLayout.RECORD_KIND, head.kind)
      .uint16(recordLayout.RECORD_FLAGS, head.flags ?? 0)
      .uint32(recordLayout.RECORD_FRAME, head.frame ?? 0)
      .uint16(recordLayout.RECORD_INDEX, head.index ?? 0)
      .uint32(recordLayout.RECORD_EPOCH, head.epoch ?? 1)
      .uint16(recordLayout.RECORD_CONNECTION, head.connection ?? 0)
      .float64(recordLayout.RECORD_RECEIVED_AT, head.receivedAt ?? 0)
      .float64(recordLayout.RECORD_DECODED_AT, head.decodedAt ?? 0)
      .int64(recordLayout.RECORD_TIMESTAMP, head.timestamp ?? 0n)
      .uint32(recordLayout.RECORD_SYMBOL, head.symbol ?? 0);
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

/** Symbols, by their ids, as an arena has them. */
export function symbolTable(...texts: readonly string[]): SymbolTable {
  const options = { frameRingBytes: 256, recordSlots: 2, latestInstruments: 0 };
  const arena = Arena.create({ ...options, symbols: 16 });
  const writer = new SymbolWriter(arena);
  for (const text of texts) writer.add(text);
  return new SymbolTable(arena);
}

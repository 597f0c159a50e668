/** Writes Kraken's records as its kernel does, by their layout. */

import { privateMemory } from 'tickring/memory';
import { type Head, RecordWriter } from './records.ts';
import {
  type KrakenRecord,
  KrakenViews,
  krakenLayout as layout,
  recordLayout,
  type SymbolTable,
} from './views-internals.ts';

export { symbolTable } from './records.ts';

/** A decimal as it stands in a message, or undefined where a field is absent. */
export type Token = string | undefined;

/** One record in memory of its own. */
export class KrakenRecordWriter extends RecordWriter {
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

export function record(head: Head): KrakenRecordWriter {
  return new KrakenRecordWriter().head(head);
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

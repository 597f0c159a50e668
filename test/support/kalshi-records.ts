/** Writes Kalshi's records as its kernel does, by their layout. */

import { privateMemory } from 'tickring/memory';
import { type KalshiRecord, KalshiViews, kalshiLayout as layout } from './kalshi-views-internals.ts';
import { type Head, RecordWriter } from './records.ts';
import { recordLayout, type SymbolTable } from './views-internals.ts';

/** One record in memory of its own. */
export class KalshiRecordWriter extends RecordWriter {
  /** Units; undefined where a field is absent. */
  units(first: number, ...values: readonly (number | undefined)[]): this {
    for (const [i, value] of values.entries()) this.float64(first + 8 * i, value ?? Number.NaN);
    return this;
  }

  /** A text behind its length. */
  counted(length: number, offset: number, text: string): this {
    return this.uint8(length, text.length).text(offset, text);
  }

  /** The subscription, and the message's number in it. */
  by(sid: number, seq: number): this {
    return this.uint32(layout.KALSHI_SUBSCRIPTION, sid).uint32(layout.KALSHI_SEQUENCE, seq);
  }
}

export function record(head: Head): KalshiRecordWriter {
  return new KalshiRecordWriter().head(head);
}

/** The view of a record of one kind; another one throws. */
export function viewAs<Kind extends KalshiRecord['kind']>(
  kind: Kind,
  written: RecordWriter,
  symbols: SymbolTable,
): Extract<KalshiRecord, { kind: Kind }> {
  const memory = privateMemory(2 * recordLayout.RECORD_BYTES);
  // Not at the start: views may not take it for granted.
  memory.u8.set(written.bytes, recordLayout.RECORD_BYTES);
  const view = new KalshiViews(memory, symbols).moveTo(recordLayout.RECORD_BYTES);
  if (view.kind !== kind) throw new Error(`this is a ${view.kind}`);
  return view as Extract<KalshiRecord, { kind: Kind }>;
}

import { RecordFields } from '../memory/record-fields.ts';
import { RECORD_KIND } from '../memory/record-layout.ts';
import type { RecordMemory, RecordView } from '../memory/record-view.ts';
import type { SymbolTable } from '../memory/symbol-table.ts';
import { BookView } from './book-view.ts';
import { GapView } from './gap-view.ts';
import * as layout from './record-layout.ts';
import { TickerView } from './ticker-view.ts';
import { TradeView } from './trade-view.ts';

// Imported constants are loaded anew each time; those of this file V8 knows.
const KIND = RECORD_KIND;

export { BookView, GapView, TickerView, TradeView };

/** A record of any kind: `switch (record.kind) { case 'ticker': …; case 'book': … }`. */
export type KalshiRecord = TickerView | TradeView | BookView | GapView;

/** The views of all kinds over one memory: moved to a record, it answers the one that fits. */
export class KalshiViews implements RecordView<KalshiRecord> {
  readonly #fields: RecordFields;
  readonly #byKind: readonly KalshiRecord[];

  constructor(memory: RecordMemory, symbols: SymbolTable) {
    const fields = new RecordFields(memory);
    const book = new BookView(fields, symbols);
    const byKind: KalshiRecord[] = [];
    byKind[layout.KALSHI_TICKER] = new TickerView(fields, symbols);
    byKind[layout.KALSHI_TRADE] = new TradeView(fields, symbols);
    byKind[layout.KALSHI_BOOK_SNAPSHOT] = book;
    byKind[layout.KALSHI_BOOK_DELTA] = book;
    byKind[layout.KALSHI_GAP] = new GapView(fields, symbols);
    this.#fields = fields;
    this.#byKind = byKind;
  }

  moveTo(offset: number): KalshiRecord {
    this.#fields.moveTo(offset);
    return this.#byKind[this.#fields.uint8(KIND)]!;
  }
}

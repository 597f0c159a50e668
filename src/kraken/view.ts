import { RecordFields } from '../memory/record-fields.ts';
import { RECORD_KIND } from '../memory/record-layout.ts';
import type { RecordMemory, RecordView } from '../memory/record-view.ts';
import type { SymbolTable } from '../memory/symbol-table.ts';
import { BookView } from './book-view.ts';
import { CandleView } from './candle-view.ts';
import { GapView } from './gap-view.ts';
import { InstrumentView } from './instrument-view.ts';
import { OrderView } from './order-view.ts';
import * as layout from './record-layout.ts';
import { StatusView } from './status-view.ts';
import { TickerView } from './ticker-view.ts';
import { TradeView } from './trade-view.ts';

// Imported constants are loaded anew each time; those of this file V8 knows.
const KIND = RECORD_KIND;

export { BookView, CandleView, GapView, InstrumentView, OrderView, StatusView, TickerView, TradeView };

/** A record of any kind: `switch (record.kind) { case 'ticker': …; case 'book': … }`. */
export type KrakenRecord =
  | TickerView
  | TradeView
  | BookView
  | CandleView
  | InstrumentView
  | StatusView
  | GapView
  | OrderView;

/** The views of all kinds over one memory: moved to a record, it answers the one that fits. */
export class KrakenViews implements RecordView<KrakenRecord> {
  readonly #fields: RecordFields;
  readonly #byKind: readonly KrakenRecord[];

  constructor(memory: RecordMemory, symbols: SymbolTable) {
    const fields = new RecordFields(memory);
    const book = new BookView(fields, symbols);
    const byKind: KrakenRecord[] = [];
    byKind[layout.KRAKEN_TICKER] = new TickerView(fields, symbols);
    byKind[layout.KRAKEN_TRADE] = new TradeView(fields, symbols);
    byKind[layout.KRAKEN_BOOK_SNAPSHOT] = book;
    byKind[layout.KRAKEN_BOOK_UPDATE] = book;
    byKind[layout.KRAKEN_CANDLE] = new CandleView(fields, symbols);
    byKind[layout.KRAKEN_INSTRUMENT] = new InstrumentView(fields, symbols);
    byKind[layout.KRAKEN_STATUS] = new StatusView(fields, symbols);
    byKind[layout.KRAKEN_GAP] = new GapView(fields, symbols);
    byKind[layout.KRAKEN_ORDER] = new OrderView(fields, symbols);
    this.#fields = fields;
    this.#byKind = byKind;
  }

  moveTo(offset: number): KrakenRecord {
    this.#fields.moveTo(offset);
    return this.#byKind[this.#fields.uint8(KIND)]!;
  }
}

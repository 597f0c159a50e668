import { ArgumentError } from '../errors.ts';
import { LatestTable } from '../memory/latest-table.ts';
import { RecordFields } from '../memory/record-fields.ts';
import { RECORD_BYTES, RECORD_RECEIVED_AT } from '../memory/record-layout.ts';
import { privateMemory, type RecordMemory } from '../memory/record-view.ts';
import type { SymbolTable } from '../memory/symbol-table.ts';
import type { ArenaSymbols } from './arena-symbols.ts';
import {
  SLOT_BITS,
  SLOT_BOOK,
  SLOT_CANDLE,
  SLOT_INSTRUMENT,
  SLOT_TICKER,
  SLOT_TRADE,
} from './record-layout.ts';
import { BookView, CandleView, InstrumentView, TickerView, TradeView } from './view.ts';

/** What the newest record of a channel is. Of `book`, the last message's last part. */
export interface LatestViews {
  ticker: TickerView;
  trade: TradeView;
  book: BookView;
  ohlc: CandleView;
  instrument: InstrumentView;
}

export interface LatestOptions<View> {
  /** Read into this, which `latest()` answered before: that allocates nothing as long as the symbol stays on its connection. */
  into?: View | undefined;
  /** Only that of this connection: for symbols that are streamed at several depths or intervals. */
  connection?: number;
}

type ViewClass = new (fields: RecordFields, symbols: SymbolTable) => LatestViews[keyof LatestViews];

const CHANNELS: Readonly<Record<keyof LatestViews, { readonly slot: number; readonly View: ViewClass }>> = {
  ticker: { slot: SLOT_TICKER, View: TickerView },
  trade: { slot: SLOT_TRADE, View: TradeView },
  book: { slot: SLOT_BOOK, View: BookView },
  ohlc: { slot: SLOT_CANDLE, View: CandleView },
  instrument: { slot: SLOT_INSTRUMENT, View: InstrumentView },
};

interface Source extends ArenaSymbols {
  readonly latest: LatestTable;
}

/** Where a view that was answered has its record. */
interface Snapshot {
  readonly memory: RecordMemory;
  readonly connection: number;
}

/** The newest record of any symbol and channel, over the latest tables of all connections. On any thread. */
export class LatestRecords {
  readonly #sources: ReadonlyMap<number, Source>;
  readonly #snapshots = new WeakMap<object, Snapshot>();
  readonly #scratch = privateMemory(RECORD_BYTES);
  readonly #scratchFields = new RecordFields(this.#scratch);

  constructor(tables: ReadonlyMap<number, ArenaSymbols>) {
    this.#sources = new Map(
      [...tables].map(([connection, { arena, symbols }]) => [
        connection,
        { arena, symbols, latest: new LatestTable(arena) },
      ]),
    );
  }

  /**
   * @returns undefined when there has been none
   * @throws ArgumentError
   */
  read<Name extends keyof LatestViews>(
    channel: Name,
    symbol: string,
    { into, connection }: LatestOptions<LatestViews[Name]>,
  ): LatestViews[Name] | undefined {
    const { slot, View } = CHANNELS[channel] ?? noChannel(channel);
    const newest = this.#newest(slot, symbol, connection);
    if (newest < 0) return undefined;
    const { symbols, latest } = this.#sources.get(newest)!;
    const known = into && this.#snapshots.get(into);
    const view =
      known?.connection === newest && into instanceof View ? into : this.#make(View, symbols, newest);
    const { memory } = this.#snapshots.get(view)!;
    return latest.read(keyOf(symbols, symbol, slot), memory) ? (view as LatestViews[Name]) : undefined;
  }

  /** The connection whose record is the newest, or −1: one that moved between connections is in several tables. */
  #newest(slot: number, symbol: string, only: number | undefined): number {
    let newest = -1;
    let newestAt = -1;
    for (const [connection, { symbols, latest }] of this.#sources) {
      if (only !== undefined && only !== connection) continue;
      const key = keyOf(symbols, symbol, slot);
      if (key < 0 || !latest.read(key, this.#scratch)) continue;
      const receivedAt = this.#scratchFields.float64(RECORD_RECEIVED_AT);
      if (receivedAt <= newestAt) continue;
      newest = connection;
      newestAt = receivedAt;
    }
    return newest;
  }

  #make(View: ViewClass, symbols: SymbolTable, connection: number): LatestViews[keyof LatestViews] {
    const memory = privateMemory(RECORD_BYTES);
    const view = new View(new RecordFields(memory), symbols);
    view.moveTo(0);
    this.#snapshots.set(view, { memory, connection });
    return view;
  }
}

/** As in RECORD_INSTRUMENT; −1 for a symbol that has not come. */
function keyOf(symbols: SymbolTable, symbol: string, slot: number): number {
  const id = symbols.find(symbol);
  return id < 0 ? -1 : (id << SLOT_BITS) | slot;
}

function noChannel(channel: unknown): never {
  throw new ArgumentError(
    `the newest record is kept of ${Object.keys(CHANNELS).join(', ')}; not of ${String(channel)}`,
  );
}

import { ArgumentError } from '../errors.ts';
import type { ArenaSymbols } from './arena-symbols.ts';
import { LatestTable } from './latest-table.ts';
import { RecordFields } from './record-fields.ts';
import { RECORD_BYTES, RECORD_RECEIVED_AT } from './record-layout.ts';
import { privateMemory, type RecordMemory } from './record-view.ts';
import type { SymbolRecordView } from './symbol-record-view.ts';
import type { SymbolTable } from './symbol-table.ts';

export interface LatestOptions<View> {
  /** Read into this, which `latest()` answered before: that allocates nothing as long as the symbol stays on its connection. */
  into?: View | undefined;
  /** Only that of this connection: for symbols that are streamed in several ways. */
  connection?: number;
}

/** Where the newest record of a channel is kept, and what reads it. */
export interface LatestChannel<View> {
  /** The channel's slot in RECORD_INSTRUMENT. */
  readonly slot: number;
  readonly View: new (fields: RecordFields, symbols: SymbolTable) => View;
}

/** A venue's channels, by their names: `Views` says what each one's newest record is. */
export type LatestChannels<Views> = { readonly [Name in keyof Views]: LatestChannel<Views[Name]> };

interface Source extends ArenaSymbols {
  readonly latest: LatestTable;
}

/** Where a view that was answered has its record. */
interface Snapshot {
  readonly memory: RecordMemory;
  readonly connection: number;
}

/** The newest record of any symbol and channel, over the latest tables of all connections. On any thread. */
export class LatestRecords<Views extends { [Name in keyof Views]: SymbolRecordView }> {
  readonly #sources: ReadonlyMap<number, Source>;
  readonly #channels: LatestChannels<Views>;
  readonly #slotBits: number;
  readonly #snapshots = new WeakMap<object, Snapshot>();
  readonly #scratch = privateMemory(RECORD_BYTES);
  readonly #scratchFields = new RecordFields(this.#scratch);

  /** @param slotBits how many bits of RECORD_INSTRUMENT are the slot's: the symbol id is above them */
  constructor(tables: ReadonlyMap<number, ArenaSymbols>, channels: LatestChannels<Views>, slotBits: number) {
    this.#sources = new Map(
      [...tables].map(([connection, { arena, symbols }]) => [
        connection,
        { arena, symbols, latest: new LatestTable(arena) },
      ]),
    );
    this.#channels = channels;
    this.#slotBits = slotBits;
  }

  /**
   * @returns undefined when there has been none
   * @throws ArgumentError
   */
  read<Name extends keyof Views & string>(
    channel: Name,
    symbol: string,
    { into, connection }: LatestOptions<Views[Name]>,
  ): Views[Name] | undefined {
    const { slot, View } = this.#channels[channel] ?? this.#noChannel(channel);
    const newest = this.#newest(slot, symbol, connection);
    if (newest < 0) return undefined;
    const { symbols, latest } = this.#sources.get(newest)!;
    const known = into && this.#snapshots.get(into);
    const view =
      known?.connection === newest && into instanceof View ? into : this.#make(View, symbols, newest);
    const { memory } = this.#snapshots.get(view)!;
    return latest.read(this.#keyOf(symbols, symbol, slot), memory) ? view : undefined;
  }

  /** The connection whose record is the newest, or −1: one that moved between connections is in several tables. */
  #newest(slot: number, symbol: string, only: number | undefined): number {
    let newest = -1;
    let newestAt = -1;
    for (const [connection, { symbols, latest }] of this.#sources) {
      if (only !== undefined && only !== connection) continue;
      const key = this.#keyOf(symbols, symbol, slot);
      if (key < 0 || !latest.read(key, this.#scratch)) continue;
      const receivedAt = this.#scratchFields.float64(RECORD_RECEIVED_AT);
      if (receivedAt <= newestAt) continue;
      newest = connection;
      newestAt = receivedAt;
    }
    return newest;
  }

  #make<View extends SymbolRecordView>(
    View: LatestChannel<View>['View'],
    symbols: SymbolTable,
    connection: number,
  ): View {
    const memory = privateMemory(RECORD_BYTES);
    const view = new View(new RecordFields(memory), symbols);
    view.moveTo(0);
    this.#snapshots.set(view, { memory, connection });
    return view;
  }

  /** As in RECORD_INSTRUMENT; −1 for a symbol that has not come. */
  #keyOf(symbols: SymbolTable, symbol: string, slot: number): number {
    const id = symbols.find(symbol);
    return id < 0 ? -1 : (id << this.#slotBits) | slot;
  }

  #noChannel(channel: string): never {
    throw new ArgumentError(
      `the newest record is kept of ${Object.keys(this.#channels).join(', ')}; not of ${channel}`,
    );
  }
}

import type { ArenaSymbols } from '../memory/arena-symbols.ts';
import { SequenceTable } from '../memory/sequence-table.ts';
import type { BookRecovery } from './book-recovery.ts';
import type { GapEvent } from './events.ts';
import type { BrokenText } from './handed-on.ts';
import { ALL, type Stream } from './stream.ts';
import type { KalshiSubscriptions } from './subscriptions.ts';

export interface GapsOptions {
  readonly tables: ReadonlyMap<number, ArenaSymbols>;
  readonly subscriptions: KalshiSubscriptions;
  readonly recovery: BookRecovery;
  readonly onGap: (gap: GapEvent) => void;
}

/** Tells of gaps, once each, and has the books that they concern mended. */
export class Gaps {
  readonly #options: GapsOptions;
  readonly #tables: ReadonlyMap<number, SequenceTable>;
  /** By connection and sid: gaps in its numbers that have been told. */
  readonly #told = new Map<number, Map<number, number>>();

  constructor(options: GapsOptions) {
    this.#options = options;
    this.#tables = new Map(
      [...options.tables].map(([connection, { arena }]) => [connection, new SequenceTable(arena)]),
    );
  }

  /** The connection is gone, and its numbers with it. */
  opened(connection: number): void {
    this.#told.delete(connection);
  }

  /** The decoder handed this text on because of what is missing before it, or because its book could not take it. */
  broken(connection: number, { reason, sid, seq, market }: BrokenText): void {
    const { subscriptions } = this.#options;
    const stream = subscriptions.bySid(connection, sid);
    const gap = sid === undefined || reason !== 'gap' ? undefined : this.#nextGap(connection, sid, seq);
    if (gap) {
      const markets = this.#untrusted(connection, stream);
      this.#tell(connection, stream, { ...gap, reason: 'sequence', sid, markets });
      return;
    }
    // Of one book: only if that says so itself. A message may lack something that its book does not need.
    if (market === undefined || this.#options.recovery.untrusted(connection, [market]).length === 0) return;
    const what = reason === 'gap' ? 'negative' : 'unusable';
    this.#tell(connection, stream, { reason: what, sid, markets: [market] });
  }

  /** The service ended a subscription; it is asked for again already. */
  ended({ place, channel }: Stream, sid: number, markets: readonly string[], number: number): void {
    const { connection } = place;
    this.#options.onGap({
      ...NO_NUMBERS,
      connection,
      channel,
      sid,
      number,
      reason: 'ended',
      markets,
    });
    if (channel === 'orderbook_delta') this.#options.recovery.failed(connection, markets, 'resubscribe');
  }

  /** Books were found to be wrong of which no text told, or have not come. */
  found(connection: number, markets: readonly string[], reason: 'unusable' | 'no-snapshot'): void {
    const stream = this.#options.subscriptions
      .on(connection)
      .find(({ channel }) => channel === 'orderbook_delta');
    const channel = stream?.channel;
    this.#options.onGap({
      ...NO_NUMBERS,
      connection,
      channel,
      sid: stream?.sid,
      reason,
      markets,
    });
  }

  #tell(
    connection: number,
    stream: Stream | undefined,
    gap: Partial<GapEvent> & Pick<GapEvent, 'reason' | 'sid' | 'markets'>,
  ): void {
    const { recovery, onGap } = this.#options;
    onGap({ ...NO_NUMBERS, connection, channel: stream?.channel, ...gap });
    if (stream?.channel === 'orderbook_delta') recovery.failed(connection, gap.markets, 'snapshot');
  }

  /** Of an order book: markets that are not to be trusted now. Of another channel: what it is about. */
  #untrusted(connection: number, stream: Stream | undefined): string[] {
    if (!stream) return [];
    if (stream.channel === 'orderbook_delta') return this.#options.recovery.untrusted(connection);
    return [...stream.held].filter((item) => item !== ALL);
  }

  /** Its numbers, when this text is that of a gap which has not been told. The decoder may be at the next one already. */
  #nextGap(
    connection: number,
    sid: number,
    seq: number | undefined,
  ): Pick<GapEvent, 'expected' | 'received'> | undefined {
    const table = this.#tables.get(connection)!;
    const place = table.find(sid);
    if (place < 0) return undefined;
    const { gaps, expected, received } = table.status(place);
    const told = this.#toldOn(connection);
    const before = told.get(sid) ?? 0;
    if (gaps <= before) return undefined;
    told.set(sid, before + 1);
    return { expected: received === seq ? expected : undefined, received: seq };
  }

  #toldOn(connection: number): Map<number, number> {
    let told = this.#told.get(connection);
    if (!told) {
      told = new Map();
      this.#told.set(connection, told);
    }
    return told;
  }
}

const NO_NUMBERS = { expected: undefined, received: undefined, number: undefined } as const;

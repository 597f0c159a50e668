/** What Kalshi's kernel is to make of messages, one after the other, by way of trees: slow, plain, and nothing shared with it. */

import { decimalOf, Token, type Tree } from './json-tree.ts';
import { type Ladder, present, type Raw, TICKER_NAMES } from './kalshi-line.ts';
import { nanosecondsOf } from './kraken-reference.ts';

type Members = ReadonlyMap<string, Tree>;

const REASONS = ['not', 'control', 'malformed', 'inexact', 'overflowed', 'gap'] as const;
export type Reason = (typeof REASONS)[number];

/** What becomes of a frame. */
export interface Outcome {
  readonly reason: Reason;
  readonly records: readonly Raw[];
}

const EMPTY = 0;
const SNAPSHOT = 1;
const LIVE = 2;
const RESYNCING = 3;
const UNIT_LIMIT = 2n ** 53n;
const TICKER_KEYS: readonly (readonly [string, number, string?, number?])[] = [
  ['price_dollars', 4, 'price', 2],
  ['yes_bid_dollars', 4, 'yes_bid', 2],
  ['yes_ask_dollars', 4, 'yes_ask', 2],
  ['yes_bid_size_fp', 2],
  ['yes_ask_size_fp', 2],
  ['last_trade_size_fp', 2],
  ['volume_fp', 2, 'volume', 2],
  ['open_interest_fp', 2, 'open_interest', 2],
  ['dollar_volume', 0],
  ['dollar_open_interest', 0],
];

interface Book {
  state: number;
  sid: number;
  inGap: boolean;
  goodAsOf: bigint;
  readonly yes: Map<number, number>;
  readonly no: Map<number, number>;
}

/** undefined for no number, null for one that does not fit. */
function unitsOf(tree: Tree | undefined, decimals: number): number | null | undefined {
  const token = tree instanceof Token ? tree.text : tree;
  if (typeof token !== 'string' || !/^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(token)) return undefined;
  const decimal = decimalOf(token);
  if (decimal === undefined) return null;
  const scaled = decimal.integer * 10n ** BigInt(decimals);
  const power = 10n ** BigInt(decimal.scale);
  if (scaled % power !== 0n) return null;
  const units = scaled / power;
  return units > UNIT_LIMIT || units < -UNIT_LIMIT ? null : Number(units);
}

/** As `unitsOf`, of numbers that are whole and not negative. */
function wholeOf(tree: Tree | undefined, limit: number): number | null | undefined {
  const units = unitsOf(tree, 0);
  return typeof units === 'number' && (units < 0 || units > limit) ? null : units;
}

function best(levels: Map<number, number>): readonly [number | undefined, number] {
  const price = levels.size === 0 ? undefined : Math.max(...levels.keys());
  return [price, price === undefined ? 0 : levels.get(price)!];
}

/** Halves of pairs stand for no character. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

/** One message on its way through. */
class Draft {
  readonly model: KalshiModel;
  readonly message: Members;
  readonly msg: Members;
  readonly sid: number | null | undefined;
  readonly seq: number | null | undefined;
  readonly sentAt: number | null | undefined;
  readonly misfits = new Set<string>();
  readonly records: Raw[] = [];
  reason = 0;

  constructor(model: KalshiModel, message: Members) {
    this.model = model;
    this.message = message;
    const msg = message.get('msg');
    this.msg = msg instanceof Map ? msg : new Map();
    this.sid = wholeOf(message.get('sid'), 2 ** 32 - 1);
    this.seq = wholeOf(message.get('seq'), 2 ** 32 - 1);
    this.sentAt = wholeOf(message.get('sending_ts_ms'), Infinity);
  }

  get envelopeMisfits(): boolean {
    return this.sid === null || this.seq === null || this.sentAt === null;
  }

  handOn(reason: Reason): void {
    this.reason = Math.max(this.reason, REASONS.indexOf(reason));
  }

  units(key: string, decimals: number, old?: string, oldDecimals?: number): number | undefined {
    let units = unitsOf(this.msg.get(key), decimals);
    if (units === null) this.misfits.add(key);
    if (units === undefined && old !== undefined) {
      units = unitsOf(this.msg.get(old), oldDecimals!);
      if (units === null) this.misfits.add(old);
    }
    return units ?? undefined;
  }

  word(key: string, words: readonly string[], old?: string): string | undefined {
    let word = this.msg.get(key);
    if ((typeof word !== 'string' || word === '') && old !== undefined) {
      key = old;
      word = this.msg.get(old);
    }
    if (typeof word !== 'string' || word === '') return undefined;
    if (words.includes(word)) return word;
    this.misfits.add(key);
    return undefined;
  }

  text(key: string, most: number): string | undefined {
    const text = this.msg.get(key);
    if (typeof text !== 'string' || text === '') return undefined;
    const bytes = Buffer.from(text);
    if (bytes.length <= most) return bytes.toString();
    this.misfits.add(key);
    return undefined;
  }

  get time(): bigint | undefined {
    const written = (key: string) => {
      const text = this.msg.get(key);
      if (typeof text !== 'string' || text === '') return 0n;
      const time = nanosecondsOf(text);
      if (time === undefined) this.misfits.add(key);
      return time ?? 0n;
    };
    const [time, ts] = [written('time'), written('ts')];
    const milliseconds = this.#nanoseconds('ts_ms', 6);
    const seconds = typeof this.msg.get('ts') === 'string' ? 0n : this.#nanoseconds('ts', 9);
    const fine = [time, ts].find((each) => each % 1_000_000n !== 0n);
    const first = time !== 0n ? time : ts;
    return (fine ?? (milliseconds !== 0n ? milliseconds : first !== 0n ? first : seconds)) || undefined;
  }

  #nanoseconds(key: string, decimals: number): bigint {
    const tree = this.msg.get(key);
    if (unitsOf(tree, 0) === undefined) return 0n;
    const decimal = decimalOf(tree instanceof Token ? tree.text : (tree as string));
    const scaled = decimal && decimal.integer * 10n ** BigInt(decimals);
    const power = 10n ** BigInt(decimal?.scale ?? 0);
    const fits =
      scaled !== undefined && scaled % power === 0n && BigInt.asIntN(64, scaled / power) === scaled / power;
    if (!fits) this.misfits.add(key);
    return fits ? scaled / power : 0n;
  }

  /** A record with its head. */
  add(kind: string, slot: number, market: string | undefined, fields: Record<string, unknown>): void {
    const described = market !== undefined && {
      market,
      time: this.time,
      marketId: this.text('market_id', 39),
    };
    const flagged = kind !== 'gap' && (this.misfits.size > 0 || this.envelopeMisfits);
    this.records.push(
      present({
        kind,
        slot: market === undefined ? 3 : slot,
        sid: this.sid ?? 0,
        seq: this.seq ?? 0,
        sentAt: this.sentAt || undefined,
        ...described,
        inexact: flagged || undefined,
        ...fields,
      }),
    );
  }

  gap(reason: number, market: string | undefined, fields: Record<string, unknown> = {}): void {
    this.add('gap', 3, market, { reason, expected: 0, received: 0, books: 0, goodAsOf: 0n, ...fields });
  }
}

/** Everything that is known of a connection. */
export class KalshiModel {
  readonly books = new Map<string, Book>();
  readonly sequences = new Map<number, { last: number; ended: boolean; gaps: number }>();
  readonly #yesPrice: boolean;

  constructor(yesPrice = false) {
    this.#yesPrice = yesPrice;
  }

  reset(): void {
    this.sequences.clear();
    for (const book of this.books.values()) {
      empty(book);
      book.sid = 0;
    }
  }

  /** A book's ladders, best first. */
  ladders(ticker: string): { yes: Ladder; no: Ladder } {
    const book = this.books.get(ticker)!;
    const sorted = (levels: Map<number, number>) => [...levels].toSorted(([a], [b]) => b - a);
    return { yes: sorted(book.yes), no: sorted(book.no) };
  }

  /** @param message undefined for what is no JSON */
  apply(message: Tree | undefined): Outcome {
    if (!(message instanceof Map)) return { reason: 'malformed', records: [] };
    const draft = new Draft(this, message);
    const type = message.get('type');
    const isData =
      type === 'ticker' || type === 'trade' || type === 'orderbook_snapshot' || type === 'orderbook_delta';
    const ticker = draft.msg.get('market_ticker');
    if (isData && (typeof ticker !== 'string' || ticker === '')) return { reason: 'malformed', records: [] };
    const ended = typeof draft.sid === 'number' && this.sequences.get(draft.sid)?.ended === true;
    if (isData && ended) {
      return { reason: type === 'ticker' || type === 'trade' ? 'control' : 'not', records: [] };
    }
    if (draft.envelopeMisfits) draft.handOn('inexact');
    const checked = this.#check(draft);
    if (!isData) {
      draft.handOn('control');
      this.#control(draft, type);
    } else {
      const market = wellFormed(ticker as string);
      if (Buffer.byteLength(market) > 80) draft.handOn('overflowed');
      else if (type === 'ticker') this.#ticker(draft, market);
      else if (type === 'trade') this.#trade(draft, market);
      else if (type === 'orderbook_snapshot') this.#snapshot(draft, market, checked);
      else this.#delta(draft, market, checked);
      // A snapshot that was asked for is an answer, too.
      if (typeof type === 'string' && type.startsWith('orderbook') && message.has('id'))
        draft.handOn('control');
      if (draft.misfits.size > 0) draft.handOn('inexact');
    }
    return { reason: REASONS[draft.reason]!, records: draft.records };
  }

  #check(draft: Draft): boolean {
    const { sid, seq } = draft;
    if (typeof sid !== 'number' || typeof seq !== 'number') return false;
    const entry = this.sequences.get(sid) ?? { last: 0, ended: false, gaps: 0 };
    this.sequences.set(sid, entry);
    if (entry.ended) return false;
    const expected = (entry.last + 1) >>> 0;
    if (entry.last !== 0 && seq !== expected) {
      entry.gaps += 1;
      draft.handOn('gap');
      draft.gap(1, undefined, { expected, received: seq, books: this.#fail(sid) });
    }
    entry.last = seq;
    return true;
  }

  #of(sid: number): Book[] {
    return [...this.books.values()].filter((book) => book.sid === sid);
  }

  #fail(sid: number): number {
    const good = this.#of(sid).filter(({ state }) => state === SNAPSHOT || state === LIVE);
    for (const book of good) Object.assign(book, { state: RESYNCING, inGap: true });
    return good.length;
  }

  #control(draft: Draft, type: Tree | undefined): void {
    const { sid, message, msg } = draft;
    if (type === 'subscribed') {
      const entry = this.sequences.get(wholeOf(msg.get('sid'), 2 ** 32 - 1) ?? -1);
      if (entry?.ended) Object.assign(entry, { ended: false, last: 0 });
      return;
    }
    if (typeof sid !== 'number') return;
    const entry = this.sequences.get(sid) ?? { last: 0, ended: false, gaps: 0 };
    if (type === 'unsubscribed') {
      this.sequences.set(sid, entry);
      entry.ended = true;
      for (const book of this.#of(sid)) empty(book);
    } else if (type === 'error') {
      const error = message.get('error');
      const places = [msg, error instanceof Map ? error : new Map(), message];
      const code = wholeOf(places.find((place) => place.has('code'))?.get('code'), Infinity);
      if ((code !== 10 && code !== 25) || entry.ended) return;
      this.sequences.set(sid, entry);
      entry.ended = true;
      draft.gap(4, undefined, { received: code, books: this.#fail(sid) });
    } else if (type === 'ok') {
      const list = msg.has('market_tickers') ? msg.get('market_tickers') : message.get('market_tickers');
      if (!Array.isArray(list)) return;
      const listed = list.filter((each) => typeof each === 'string').map(wellFormed);
      for (const [market, book] of this.books) if (book.sid === sid && !listed.includes(market)) empty(book);
    }
  }

  #ticker(draft: Draft, market: string): void {
    const values = TICKER_KEYS.map((keys) => draft.units(...keys));
    void draft.time;
    draft.text('market_id', 39);
    draft.add('ticker', 0, market, Object.fromEntries(values.map((value, i) => [TICKER_NAMES[i]!, value])));
  }

  #trade(draft: Draft, market: string): void {
    const block = draft.msg.get('is_block_trade');
    const fields = {
      yesPrice: draft.units('yes_price_dollars', 4, 'yes_price', 2),
      noPrice: draft.units('no_price_dollars', 4, 'no_price', 2),
      count: draft.units('count_fp', 2, 'count', 2),
      taker: draft.word('taker_outcome_side', ['yes', 'no'], 'taker_side'),
      takerBook: draft.word('taker_book_side', ['bid', 'ask']),
      block: typeof block === 'boolean' ? block : undefined,
      tradeId: draft.text('trade_id', 44),
    };
    void draft.time;
    draft.text('market_id', 39);
    draft.add('trade', 1, market, fields);
  }

  #book(market: string): Book {
    const book = this.books.get(market) ?? {
      ...{ state: EMPTY, sid: 0, inGap: false, goodAsOf: 0n },
      ...{ yes: new Map(), no: new Map() },
    };
    this.books.set(market, book);
    return book;
  }

  #spoil(draft: Draft, market: string, book: Book, reason: number, why: Reason): void {
    Object.assign(book, { state: RESYNCING, inGap: true });
    draft.handOn(why);
    draft.text('market_id', 39);
    draft.gap(reason, market, { books: 1, goodAsOf: book.goodAsOf });
  }

  #top(book: Book, checked: boolean): Record<string, unknown> {
    const [bid, bidCount] = best(book.yes);
    const [no, askCount] = best(book.no);
    const ask = no === undefined ? undefined : 10_000 - no;
    return { bid, bidCount, ask, askCount, state: book.state, check: checked ? 1 : 0 };
  }

  #delta(draft: Draft, market: string, checked: boolean): void {
    const book = this.#book(market);
    const price = draft.units('price_dollars', 4, 'price', 2);
    const change = draft.units('delta_fp', 2, 'delta', 2);
    const subaccount = wholeOf(draft.msg.get('subaccount'), 2 ** 32 - 2);
    if (subaccount === null) draft.misfits.add('subaccount');
    const { time } = draft;
    if (book.state === EMPTY || book.state === RESYNCING || book.sid !== (draft.sid ?? 0)) return;
    const side = draft.msg.get('side');
    const isKnown = side === 'yes' || side === 'no';
    if (price === undefined || change === undefined || !isKnown || price < 0 || price > 10_000) {
      this.#spoil(draft, market, book, 3, 'malformed');
      return;
    }
    const own = side === 'no' && this.#yesPrice ? 10_000 - price : price;
    const count = (book[side].get(own) ?? 0) + change;
    if (count < 0) {
      this.#spoil(draft, market, book, 2, 'gap');
      return;
    }
    if (count > Number(UNIT_LIMIT)) {
      this.#spoil(draft, market, book, 3, 'inexact');
      return;
    }
    if (count === 0) book[side].delete(own);
    else book[side].set(own, count);
    book.state = LIVE;
    book.goodAsOf = time ?? 0n;
    draft.text('market_id', 39);
    draft.add('delta', 2, market, {
      ...{ side, price: own, change, count, subaccount: subaccount ?? undefined },
      ...{ orderId: draft.text('client_order_id', 75), ...this.#top(book, checked) },
      ...((draft.misfits.size > 0 || draft.envelopeMisfits) && { inexact: true }),
    });
  }

  #snapshot(draft: Draft, market: string, checked: boolean): void {
    const book = this.#book(market);
    const { time } = draft;
    const yes = this.#ladder(draft, 'yes');
    const no = this.#ladder(draft, 'no');
    book.sid = draft.sid ?? 0;
    const why = Math.max(yes.fault, no.fault);
    if (why > 0) {
      this.#spoil(draft, market, book, 3, REASONS[why]!);
      return;
    }
    const recovered = book.inGap;
    const { goodAsOf } = book;
    book.yes.clear();
    book.no.clear();
    for (const [price, count] of yes.levels) book.yes.set(price, count);
    for (const [price, count] of no.levels) book.no.set(price, count);
    Object.assign(book, { state: SNAPSHOT, inGap: false, goodAsOf: time ?? 0n });
    draft.text('market_id', 39);
    const levels = yes.levels.length + no.levels.length;
    for (let part = 0; part === 0 || part * 6 < levels; part++) {
      const first = part * 6;
      const noFirst = Math.max(0, first - yes.levels.length);
      const here = yes.levels.slice(first, first + 6);
      const noHere = first + 6 - yes.levels.length;
      draft.add('snapshot', 2, market, {
        ...this.#top(book, checked),
        yes: here,
        no: noHere <= 0 ? [] : no.levels.slice(noFirst, noHere),
        part,
        ...(first + 6 < levels && { continued: true }),
      });
    }
    if (recovered) draft.gap(5, market, { goodAsOf });
  }

  #ladder(draft: Draft, side: 'yes' | 'no'): { levels: (readonly [number, number])[]; fault: number } {
    const keys = [`${side}_dollars_fp`, `${side}_dollars`, side];
    const key = keys.find((each) => (draft.msg.get(each) ?? null) !== null);
    const levels: (readonly [number, number])[] = [];
    if (key === undefined) return { levels, fault: 0 };
    const list = draft.msg.get(key);
    if (!Array.isArray(list)) return { levels, fault: 2 };
    let fault = 0;
    for (const level of list) {
      if (!Array.isArray(level)) {
        fault = Math.max(fault, 2);
        continue;
      }
      const price = unitsOf(level[0], key === side ? 2 : 4);
      if (level.length < 1 || price === undefined) fault = Math.max(fault, 2);
      else if (price === null) fault = 3;
      else if (price < 0 || price > 10_000) fault = Math.max(fault, 2);
      if (level.length < 2) {
        fault = Math.max(fault, 2);
        continue;
      }
      const count = unitsOf(level[1], 2);
      if (count === undefined || (count !== null && count < 0)) fault = Math.max(fault, 2);
      if (count === null) fault = 3;
      if (typeof price !== 'number' || typeof count !== 'number' || count === 0) continue;
      levels.push([side === 'no' && this.#yesPrice ? 10_000 - price : price, count]);
    }
    return { levels, fault };
  }
}

function empty(book: Book): void {
  book.state = EMPTY;
  book.yes.clear();
  book.no.clear();
}

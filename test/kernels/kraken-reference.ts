/** What Kraken's kernel is to make of a message, by way of a tree: slow, plain, and nothing shared with it. */

import { type Decimal, decimalOf, Token, type Tree } from './json-tree.ts';
import { decimalText, layout } from './kraken-line.ts';

type Members = ReadonlyMap<string, Tree>;

/** What becomes of a frame. */
export interface Outcome {
  readonly heartbeat?: boolean;
  /** Why it is handed on; an inexact number in it is a reason of its own. */
  readonly handedOn?: 'control' | 'malformed';
  readonly records: readonly Record<string, unknown>[];
}

const CHANNELS = ['ticker', 'trade', 'book', 'ohlc', 'instrument', 'status', 'level3'];
const NOTHING: readonly never[] = [];
const REJECTED: Outcome = { handedOn: 'malformed', records: NOTHING };

class Misunderstood extends Error {}

/** Of a message of any channel but `book`, whose records depend on what was before. */
export function outcomeOf(message: Tree): Outcome {
  if (!(message instanceof Map)) return REJECTED;
  if (message.has('method')) return { handedOn: 'control', records: NOTHING };
  const channel = message.get('channel');
  if (channel === 'heartbeat') return { heartbeat: true, records: NOTHING };
  if (typeof channel !== 'string' || !CHANNELS.includes(channel))
    return { handedOn: 'control', records: NOTHING };
  const type = message.get('type');
  if (type !== 'snapshot' && type !== 'update') return REJECTED;
  try {
    const records = recordsOf(channel, message).map((record) => ({
      ...record,
      ...(type === 'snapshot' && channel !== 'status' && { snapshot: true }),
    }));
    const isControl = channel === 'instrument' || channel === 'status';
    return { records, ...(isControl && { handedOn: 'control' as const }) };
  } catch (error) {
    if (error instanceof Misunderstood) return REJECTED;
    throw error;
  }
}

function recordsOf(channel: string, message: Members): Record<string, unknown>[] {
  const data = message.get('data');
  if (channel === 'instrument') {
    if (!(data instanceof Map)) throw new Misunderstood();
    return data.has('pairs') ? elementsOf(data.get('pairs')).map(instrument) : [];
  }
  const elements = elementsOf(data);
  if (channel === 'ticker') return elements.map(ticker);
  if (channel === 'trade') return elements.map(trade);
  if (channel === 'status') return elements.map(status);
  if (channel === 'ohlc') return elements.map((element) => ({ ...candle(element), ...timeOf(message) }));
  return elements.flatMap(orders);
}

function elementsOf(tree: Tree | undefined): Members[] {
  if (!Array.isArray(tree)) throw new Misunderstood();
  for (const element of tree) if (!(element instanceof Map)) throw new Misunderstood();
  return tree as Members[];
}

function symbolOf(element: Members): string {
  const symbol = element.get('symbol');
  if (typeof symbol !== 'string') throw new Misunderstood();
  return symbol;
}

/** undefined for no number, null for one that does not fit. */
function numberOf(tree: Tree | undefined): Decimal | null | undefined {
  const token = tree instanceof Token ? tree.text : tree;
  if (typeof token !== 'string' || !/^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(token)) return undefined;
  return decimalOf(token) ?? null;
}

/** A record in the making: fields that are there, and whether one of them does not fit. */
class Draft {
  readonly fields: Record<string, unknown> = {};
  readonly #element: Members;

  constructor(kind: string, element: Members, symbol = symbolOf(element)) {
    this.#element = element;
    Object.assign(this.fields, { kind, symbol });
  }

  #inexact(): void {
    this.set('inexact', true);
  }

  decimals(...names: readonly string[]): this {
    for (const name of names) {
      const value = numberOf(this.#element.get(name));
      if (value) this.fields[name] = decimalText(value.integer, value.scale);
      else if (value === null) this.#inexact();
    }
    return this;
  }

  /** Whole numbers from 0 to `most`. */
  whole(names: readonly string[], most: bigint, absent?: bigint): this {
    for (const name of names) {
      const value = numberOf(this.#element.get(name));
      const unit = value ? 10n ** BigInt(value.scale) : 1n;
      const fits =
        value && value.integer >= 0n && value.integer % unit === 0n && value.integer / unit <= most;
      if (fits)
        this.fields[name] = absent === undefined ? Number(value.integer / unit) : value.integer / unit;
      else if (absent !== undefined) this.fields[name] = absent;
      if (!fits && value !== undefined) this.#inexact();
    }
    return this;
  }

  time(name: string, field: string, element: Members = this.#element): this {
    const text = element.get(name);
    if (typeof text !== 'string') return this;
    const time = nanosecondsOf(text);
    if (time === undefined) this.#inexact();
    else if (time !== 0n) this.fields[field] = time;
    return this;
  }

  word(name: string, words: readonly string[]): this {
    const word = this.#element.get(name);
    if (typeof word === 'string' && words.includes(word)) this.fields[name] = word;
    return this;
  }

  set(name: string, value: unknown): this {
    if (value !== undefined) this.fields[name] = value;
    return this;
  }
}

const UINT32: bigint = 2n ** 32n - 2n;

function ticker(element: Members): Record<string, unknown> {
  return new Draft('ticker', element)
    .decimals(
      'bid',
      'bid_qty',
      'ask',
      'ask_qty',
      'last',
      'volume',
      'vwap',
      'low',
      'high',
      'change',
      'change_pct',
    )
    .whole(['trades'], UINT32)
    .time('timestamp', 'time').fields;
}

function trade(element: Members): Record<string, unknown> {
  return new Draft('trade', element)
    .decimals('price', 'qty')
    .whole(['trade_id'], 2n ** 63n, 0n)
    .word('side', ['buy', 'sell'])
    .word('ord_type', ['limit', 'market'])
    .time('timestamp', 'time').fields;
}

function candle(element: Members): Record<string, unknown> {
  return new Draft('candle', element)
    .decimals('open', 'high', 'low', 'close', 'volume', 'vwap')
    .whole(['trades', 'interval'], UINT32)
    .time('interval_begin', 'begin').fields;
}

function timeOf(message: Members): Record<string, unknown> {
  const { time, inexact } = new Draft('', message, '').time('timestamp', 'time').fields;
  return { ...(time !== undefined && { time }), ...(inexact !== undefined && { inexact }) };
}

const STATUSES = [
  ...['cancel_only', 'delisted', 'limit_only', 'maintenance', 'online', 'post_only', 'reduce_only'],
  'work_in_progress',
];
const SYSTEMS = ['online', 'cancel_only', 'maintenance', 'post_only', 'limit_only'];

/** Counted from 1; 0 for a word that is not known, and for none. */
function indexOf(words: readonly string[], tree: Tree | undefined): number {
  return typeof tree === 'string' ? words.indexOf(tree) + 1 : 0;
}

function flagOf(tree: Tree | undefined): number | undefined {
  return typeof tree === 'boolean' ? Number(tree) : undefined;
}

function instrument(element: Members): Record<string, unknown> {
  return new Draft('instrument', element)
    .decimals('price_increment', 'qty_increment', 'qty_min', 'cost_min', 'margin_initial')
    .whole(['price_precision', 'qty_precision', 'cost_precision'], 18n)
    .whole(['position_limit_long', 'position_limit_short'], UINT32)
    .set('status', indexOf(STATUSES, element.get('status')))
    .set('marginable', flagOf(element.get('marginable')))
    .set('has_index', flagOf(element.get('has_index'))).fields;
}

function status(element: Members): Record<string, unknown> {
  const id = element.get('connection_id');
  const isWhole = id instanceof Token && /^\d+$/.test(id.text) && BigInt(id.text) < 2n ** 64n;
  const filled = (tree: Tree | undefined) => Number(Array.isArray(tree) && tree.length > 0);
  return new Draft('status', element, '')
    .set('system', indexOf(SYSTEMS, element.get('system')))
    .set('connection_id', isWhole ? BigInt(id.text) : 0n)
    .set('maintenance', filled(element.get('upcoming_maintenance')))
    .set('emergency', filled(element.get('emergency'))).fields;
}

const EVENTS = ['add', 'modify', 'delete'];

function orders(element: Members): Record<string, unknown>[] {
  const symbol = symbolOf(element);
  const check = numberOf(element.get('checksum'));
  const unit = check ? 10n ** BigInt(check.scale) : 1n;
  const isUint32 =
    check && check.integer >= 0n && check.integer % unit === 0n && check.integer / unit < 2n ** 32n;
  const checksum = isUint32 ? Number(check.integer / unit) : 0;
  const common = (order: Members) => {
    const record = new Draft('order', order, symbol).set('checksum', checksum);
    return record.time('timestamp', 'time', element);
  };
  const sideOf = (name: string, side: number) =>
    (element.has(name) ? elementsOf(element.get(name)) : []).map((order) => {
      const id = order.get('order_id');
      const bytes = typeof id === 'string' ? Buffer.byteLength(id) : 0;
      const event = order.has('event') ? indexOf(EVENTS, order.get('event')) : layout.ORDER_EVENT_SNAPSHOT;
      if (bytes === 0 || bytes > 63 || (order.has('event') && event === 0)) throw new Misunderstood();
      return common(order)
        .decimals('limit_price', 'order_qty')
        .time('timestamp', 'timestamp')
        .set('order_id', id)
        .set('event', event)
        .set('side', side).fields;
    });
  const all = [...sideOf('bids', layout.SIDE_BUY), ...sideOf('asks', layout.SIDE_SELL)];
  const none = { order_id: '', event: layout.ORDER_EVENT_SNAPSHOT, side: layout.SIDE_UNKNOWN };
  if (all.length === 0) all.push({ ...common(new Map()).fields, ...none });
  return all.map((order, i) => ({ ...order, ...(i + 1 < all.length && { continued: true }) }));
}

/** An RFC 3339 time from 1678 to 2261, with up to nine decimals. */
export function nanosecondsOf(text: string): bigint | undefined {
  const parts = /^(\d{4}-\d\d-\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?([Zz]|[+-](\d\d):(\d\d))$/.exec(
    text,
  );
  if (!parts) return undefined;
  const [, date, hour, minute, second, fraction = '', zone, zoneHour = '0', zoneMinute = '0'] = parts;
  const midnight = Date.parse(`${date}T00:00:00Z`);
  const year = Number(date!.slice(0, 4));
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== date) return undefined;
  if (year < 1678 || year > 2261) return undefined;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return undefined;
  if (Number(zoneHour) > 23 || Number(zoneMinute) > 59) return undefined;
  const offset = (zone!.startsWith('-') ? -1 : 1) * (Number(zoneHour) * 60 + Number(zoneMinute));
  const seconds = midnight / 1000 + (Number(hour) * 60 + Number(minute) - offset) * 60 + Number(second);
  return BigInt(seconds) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'));
}

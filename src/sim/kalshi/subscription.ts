import type { Channel } from './channels.ts';

/** What a subscription asked for beside its markets. */
export interface SubscriptionOptions {
  /** NO levels are given at their YES price. */
  readonly useYesPrice: boolean;
  /** `ok` replies leave the market lists out. */
  readonly skipTickerAck: boolean;
  /** `ok` replies name markets by their ids. */
  readonly byId: boolean;
  /** A part of the communications: those whose hash leaves `key` when divided by `factor`. */
  readonly shard: { readonly factor: number; readonly key: number } | undefined;
  /** Only the user's own RFQs. */
  readonly isSelf: boolean;
}

/** One channel of one connection: its number there, what it is about, and where its sequence is. */
export class Subscription {
  readonly sid: number;
  readonly channel: Channel;
  readonly options: SubscriptionOptions;
  /** Tickers, index ids or underlyings, in the order of their coming; `all` when it is about all of them. */
  #items: Set<string> | 'all';
  #seq = 0;

  constructor(sid: number, channel: Channel, options: SubscriptionOptions, items: readonly string[] | 'all') {
    this.sid = sid;
    this.channel = channel;
    this.options = options;
    this.#items = items === 'all' ? items : new Set(items);
  }

  /** The latest sequence number given out; 0 before the first. */
  get seq(): number {
    return this.#seq;
  }

  nextSeq(): number {
    return ++this.#seq;
  }

  /** A copy. */
  get items(): readonly string[] | 'all' {
    return this.#items === 'all' ? 'all' : [...this.#items];
  }

  /** How many markets, indices or underlyings it names; 0 when it is about all. */
  get size(): number {
    return this.#items === 'all' ? 0 : this.#items.size;
  }

  covers(item: string): boolean {
    return this.#items === 'all' || this.#items.has(item);
  }

  /** Adds what it does not have yet. Returns that. */
  add(items: readonly string[] | 'all'): string[] {
    if (this.#items === 'all') return [];
    if (items === 'all') {
      this.#items = 'all';
      return [];
    }
    const own = this.#items;
    const fresh = [...new Set(items)].filter((item) => !own.has(item));
    for (const item of fresh) own.add(item);
    return fresh;
  }

  remove(items: readonly string[] | 'all'): void {
    if (items === 'all') this.#items = new Set();
    else if (this.#items !== 'all') for (const item of items) this.#items.delete(item);
  }
}

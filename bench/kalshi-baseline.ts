/** Books in plain JavaScript, as fast as it gets: a `Map` a ladder, its best price kept, and numbers checked in their row. */

interface BookMessage {
  readonly type: 'orderbook_snapshot' | 'orderbook_delta';
  readonly sid: number;
  readonly seq: number;
  readonly msg: {
    readonly market_ticker: string;
    readonly yes_dollars_fp?: readonly (readonly [string, string])[];
    readonly no_dollars_fp?: readonly (readonly [string, string])[];
    readonly price_dollars: string;
    readonly delta_fp: string;
    readonly side: 'yes' | 'no';
  };
}

/** The bids of one side: counts in 1/100 contract, by price in 1/10,000 dollar. */
class BaselineLadder {
  best = 0;
  readonly #counts = new Map<number, number>();

  replace(rows: readonly (readonly [string, string])[] = []): void {
    this.#counts.clear();
    for (let i = 0; i < rows.length; i++)
      this.#counts.set(unitsOf(rows[i]![0], 10_000), unitsOf(rows[i]![1], 100));
    this.#findBest();
  }

  /** False when there would be less than nothing. */
  add(price: number, change: number): boolean {
    const counts = this.#counts;
    const count = (counts.get(price) ?? 0) + change;
    if (count < 0) return false;
    if (count === 0) {
      counts.delete(price);
      if (price === this.best) this.#findBest();
    } else {
      counts.set(price, count);
      if (price > this.best) this.best = price;
    }
    return true;
  }

  #findBest(): void {
    let best = 0;
    for (const price of this.#counts.keys()) if (price > best) best = price;
    this.best = best;
  }
}

function unitsOf(text: string, units: number): number {
  return Math.round(+text * units);
}

export class BaselineBooks {
  readonly #books = new Map<string, { readonly yes: BaselineLadder; readonly no: BaselineLadder }>();
  /** The last number of each subscription. */
  readonly #last = new Map<number, number>();

  /** False when the message does not fit what was before. */
  take(text: string): boolean {
    const { type, sid, seq, msg } = JSON.parse(text) as BookMessage;
    const last = this.#last.get(sid);
    if (last !== undefined && seq !== last + 1) return false;
    this.#last.set(sid, seq);
    let book = this.#books.get(msg.market_ticker);
    if (type === 'orderbook_delta') {
      return book?.[msg.side].add(unitsOf(msg.price_dollars, 10_000), unitsOf(msg.delta_fp, 100)) ?? false;
    }
    if (book === undefined) {
      book = { yes: new BaselineLadder(), no: new BaselineLadder() };
      this.#books.set(msg.market_ticker, book);
    }
    book.yes.replace(msg.yes_dollars_fp);
    book.no.replace(msg.no_dollars_fp);
    return true;
  }

  /** The connection is opened anew. */
  forget(): void {
    this.#last.clear();
  }
}

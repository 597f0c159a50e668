import { crc32 } from './crc32.ts';
import { Level3Level, type RestingOrder, rescale, type Scales } from './level3-level.ts';

/** Levels that the checksum covers. */
const CHECKED_LEVELS = 10;

/** One side of a level 3 book: its levels, best first. */
export class Level3Side {
  readonly levels: Level3Level[] = [];
  readonly #scales: Scales;
  /** 1 where lower prices are better. */
  readonly #better: 1 | -1;

  constructor(side: 'bid' | 'ask', scales: Scales) {
    this.#scales = scales;
    this.#better = side === 'ask' ? 1 : -1;
  }

  clear(): void {
    this.levels.length = 0;
  }

  /** To the end of its level's queue. */
  add(order: RestingOrder): void {
    const key = this.#keyOf(order);
    const place = this.#search(key);
    let level = this.levels[place];
    if (level?.key !== key) {
      level = new Level3Level(key, this.#scales);
      this.levels.splice(place, 0, level);
    }
    level.queue.push(order);
  }

  remove(order: RestingOrder): void {
    const place = this.placeOf(order);
    const { queue } = this.levels[place]!;
    queue.splice(queue.indexOf(order), 1);
    if (queue.length === 0) this.levels.splice(place, 1);
  }

  /** Which level an order of this side is in. */
  placeOf(order: RestingOrder): number {
    return this.#search(this.#keyOf(order));
  }

  /** Keeps the best levels; answers the others. */
  truncate(depth: number): Level3Level[] {
    return this.levels.length > depth ? this.levels.splice(depth) : [];
  }

  /** Prices have more decimals from now on. */
  rescale(from: number, to: number): void {
    for (const level of this.levels) level.key = rescale(level.key, from, to);
  }

  /** The checksum goes on with this side. */
  checksum(before: number): number {
    let crc = before;
    for (const { queue } of this.levels.slice(0, CHECKED_LEVELS)) {
      for (const order of queue) crc = crc32(order.digits(this.#scales), crc);
    }
    return crc;
  }

  #keyOf(order: RestingOrder): bigint {
    return rescale(order.priceInteger, order.priceScale, this.#scales.price);
  }

  /** The first level whose price is not better. */
  #search(key: bigint): number {
    let from = 0;
    let to = this.levels.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      const { key: other } = this.levels[middle]!;
      if (this.#better === 1 ? other < key : other > key) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

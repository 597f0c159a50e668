/** What the watch list shows of one symbol: the newest, whatever came between. */
export class Quote {
  readonly venue: string;
  readonly symbol: string;
  /** As people know it. */
  readonly name: string;
  /** Of its prices. */
  decimals = 2;
  last: number | undefined;
  /** In percent. */
  change: number | undefined;
  bid: number | undefined;
  ask: number | undefined;
  low: number | undefined;
  high: number | undefined;
  volume: number | undefined;
  /** Which way the last price went when it last moved. */
  direction: 'up' | 'down' | undefined;
  /** When it moved, by the page's clock, ms. */
  movedAt = 0;
  /** Something changed that is not on the page yet. */
  dirty = false;

  constructor(venue: string, symbol: string, name: string) {
    this.venue = venue;
    this.symbol = symbol;
    this.name = name;
  }

  get key(): string {
    return keyOf(this.venue, this.symbol);
  }

  setLast(last: number): void {
    const before = this.last;
    if (last === before) return;
    this.last = last;
    if (before === undefined) return;
    this.direction = last > before ? 'up' : 'down';
    this.movedAt = performance.now();
  }
}

export function keyOf(venue: string, symbol: string): string {
  return `${venue} ${symbol}`;
}

import type { Level } from './api-types.ts';
import { byId, element, setData, setText } from './dom.ts';
import { compact, fixed, grouped } from './format.ts';

interface Rung {
  readonly row: HTMLElement;
  readonly bar: HTMLElement;
  readonly own: HTMLElement;
  readonly orders: HTMLElement;
  readonly quantity: HTMLElement;
  readonly digits: Text;
  readonly zeros: HTMLElement;
  readonly price: HTMLElement;
  readonly total: HTMLElement;
}

/** Totals that large are told in thousands and millions. */
const MANY = 1e6;

const HEADS = ['Orders', 'Quantity', 'Price', 'Total'];

/** The best levels of a book, asks above bids; bars show what has added up from the best price, and in that each level's own part. */
export class Ladder {
  readonly #root = byId('ladder');
  readonly #spread = element('b', { role: 'cell' });
  readonly #mid = element('span', { class: 'note', role: 'cell' });
  #asks: readonly Rung[] = [];
  #bids: readonly Rung[] = [];

  /** Makes room for so many levels a side: as many as will be shown, so that nothing moves later. */
  setShape(levels: number, orders: boolean): void {
    this.#root.classList.toggle('with-orders', orders);
    const names = orders ? HEADS : HEADS.slice(1);
    const heads = names.map((name) => element('span', { role: 'columnheader' }, name));
    this.#asks = Array.from({ length: levels }, () => makeRung(orders));
    this.#bids = Array.from({ length: levels }, () => makeRung(orders));
    const side = (name: string, rungs: readonly Rung[]) =>
      element('div', { class: `side ${name}`, role: 'rowgroup' }, ...rungs.map(({ row }) => row));
    this.#root.replaceChildren(
      element('div', { role: 'rowgroup' }, element('div', { class: 'ladder-head', role: 'row' }, ...heads)),
      // The best ask is nearest to the middle.
      side('asks', [...this.#asks].reverse()),
      element(
        'div',
        { role: 'rowgroup' },
        element('div', { class: 'ladder-middle', role: 'row' }, this.#mid, this.#spread),
      ),
      side('bids', this.#bids),
    );
    this.show([], [], null, true);
  }

  show(bids: readonly Level[], asks: readonly Level[], spread: string | null, trusted: boolean): void {
    const most = Math.max(
      sum(bids.slice(0, this.#bids.length)),
      sum(asks.slice(0, this.#asks.length)),
      1e-12,
    );
    const decimals = decimalsOf(most, bids[0] ?? asks[0]);
    draw(this.#asks, asks, most, decimals);
    draw(this.#bids, bids, most, decimals);
    setData(this.#root, 'untrusted', trusted ? undefined : '');
    setText(this.#mid, 'Spread');
    setText(this.#spread, spread === null ? '–' : grouped(spread));
  }
}

function sum(levels: readonly Level[]): number {
  return levels.reduce((total, [, quantity]) => total + Number(quantity), 0);
}

/** Of all totals, so that they stand below each other: what the largest needs for four digits, and no more than the venue has. */
function decimalsOf(most: number, level: Level | undefined): number {
  const own = level?.[1].split('.')[1]?.length ?? 0;
  return Math.max(0, Math.min(own, 3 - Math.floor(Math.log10(most))));
}

function makeRung(withOrders: boolean): Rung {
  const cell = (name: string) => element('span', { class: `level-${name}`, role: 'cell' });
  const bar = element('i', { class: 'bar' });
  const own = element('i', { class: 'bar-own' });
  const [orders, quantity, price, total] = [cell('orders'), cell('quantity'), cell('price'), cell('total')];
  const digits = document.createTextNode('');
  const zeros = element('small');
  quantity.append(digits, zeros);
  const row = element('div', { class: 'level', role: 'row' }, bar, own);
  if (withOrders) row.append(orders);
  row.append(quantity, price, total);
  return { row, bar, own, orders, quantity, digits, zeros, price, total };
}

function draw(rungs: readonly Rung[], levels: readonly Level[], most: number, decimals: number): void {
  let total = 0;
  for (const [index, rung] of rungs.entries()) {
    const level = levels[index];
    const quantity = level ? Number(level[1]) : 0;
    total += quantity;
    rung.bar.style.transform = `scaleX(${level ? total / most : 0})`;
    rung.own.style.transform = `translateX(${(-(total - quantity) / most) * 100}%) scaleX(${quantity / most})`;
    setText(rung.price, level ? grouped(level[0]) : '');
    showQuantity(rung, level?.[1] ?? '');
    setText(rung.total, level ? (most < MANY ? fixed(total, decimals) : compact(total)) : '');
    setText(rung.orders, level?.[2] === undefined ? '' : String(level[2]));
  }
}

/** All digits that the venue sent, those that say nothing fainter. */
function showQuantity({ digits, zeros }: Rung, quantity: string): void {
  const end = quantity.includes('.') ? quantity.search(/\.?0*$/) : quantity.length;
  setText(digits, grouped(quantity.slice(0, end)));
  setText(zeros, quantity.slice(end));
}

import { element, setData, setText } from './dom.ts';
import { splitName } from './format.ts';
import type { Quote } from './quote.ts';
import { COLUMNS, placeInRange } from './watch-columns.ts';

/** How long a price flashes, ms. */
const FLASH = 350;

interface Cell {
  readonly element: HTMLElement;
  readonly text: Text;
  readonly render: (quote: Quote) => string;
}

/** One row of the watch list on the page; it is shown other quotes as the list scrolls. */
export class WatchRow {
  readonly element = element('div', { role: 'row', class: 'row', tabindex: -1 });
  readonly #cells: readonly Cell[];
  readonly #symbol = element('span', { class: 'name' });
  readonly #end = element('span');
  readonly #venue = document.createTextNode('');
  readonly #swatch = element(
    'i',
    { class: 'swatch' },
    element('span', { class: 'visually-hidden' }, this.#venue),
  );
  readonly #change: HTMLElement;
  readonly #marker = element('i');
  #place = -1;
  #x = -1;
  #y = -1;
  quote: Quote | undefined;
  index = -1;

  constructor() {
    const cells: Cell[] = [];
    for (const { name, text: render } of COLUMNS) {
      const text = document.createTextNode('');
      const cell = element('div', { role: 'gridcell', class: `cell cell-${name}` });
      if (name === 'symbol') cell.append(this.#swatch, this.#symbol, this.#end);
      else if (name === 'range') cell.append(element('span', { class: 'range' }, this.#marker));
      else cell.append(text);
      if (render) cells.push({ element: cell, text, render });
      this.element.append(cell);
    }
    this.#cells = cells;
    this.#change = this.element.querySelector<HTMLElement>('.cell-change')!;
  }

  place(index: number, x: number, y: number): void {
    if (index !== this.index) {
      this.index = index;
      this.element.setAttribute('aria-rowindex', String(index + 2));
    }
    if (x === this.#x && y === this.#y) return;
    this.#x = x;
    this.#y = y;
    this.element.style.transform = `translate(${x}px, ${y}px)`;
  }

  /** As `update`, of a quote that it may not have shown before. */
  show(quote: Quote, venue: string): boolean {
    if (this.quote !== quote) {
      this.quote = quote;
      const [head, tail] = splitName(quote.name);
      setText(this.#symbol, head);
      setText(this.#end, tail);
      this.#symbol.parentElement!.title = tail === '' ? '' : quote.name;
      this.#venue.data = `${venue} `;
      this.#swatch.dataset.venue = quote.venue;
      this.element.dataset.symbol = quote.symbol;
    }
    return this.update(performance.now());
  }

  /** Puts what changed on the page. Answers whether the price flashes, so that somebody ends that. */
  update(now: number): boolean {
    const quote = this.quote!;
    quote.dirty = false;
    for (const { text, render } of this.#cells) {
      const next = render(quote);
      if (text.data !== next) text.data = next;
    }
    setData(this.#change, 'sign', signOf(quote.change));
    setData(this.element, 'silent', quote.last === undefined ? '' : undefined);
    this.#mark(placeInRange(quote));
    return this.flash(now);
  }

  flash(now: number): boolean {
    const quote = this.quote!;
    const flashing = quote.direction !== undefined && now - quote.movedAt < FLASH;
    setData(this.element, 'flash', flashing ? quote.direction : undefined);
    return flashing;
  }

  #mark(place: number | undefined): void {
    const percent = place === undefined ? -1 : Math.round(place * 100);
    if (percent === this.#place) return;
    this.#place = percent;
    this.#marker.hidden = percent < 0;
    this.#marker.style.transform = `translateX(${percent}%)`;
  }
}

function signOf(change: number | undefined): string | undefined {
  // What rounds to nothing has no sign.
  if (change === undefined || Math.abs(change) < 0.005) return undefined;
  return change > 0 ? 'up' : 'down';
}

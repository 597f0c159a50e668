import { byId, element } from './dom.ts';
import { COLUMNS, type Column } from './watch-columns.ts';

/** The heads of the watch list's columns: what it is sorted by, and which way. */
export class WatchHead {
  readonly #cells = new Map<Column, HTMLElement>();
  readonly #onSort: () => void;
  column: Column = COLUMNS[0]!;
  descending = false;

  constructor(onSort: () => void) {
    this.#onSort = onSort;
    for (const column of COLUMNS) {
      const button = element('button', { type: 'button' }, column.title);
      button.addEventListener('click', () => this.#sortBy(column));
      const cell = element('div', { role: 'columnheader', class: 'head-cell' }, button);
      this.#cells.set(column, cell);
      byId('watch-head').append(cell);
    }
    this.#mark();
  }

  /** Names from A to Z first, numbers from the largest. */
  #sortBy(column: Column): void {
    this.descending = column === this.column ? !this.descending : column !== COLUMNS[0];
    this.column = column;
    this.#mark();
    this.#onSort();
  }

  #mark(): void {
    for (const [column, cell] of this.#cells) {
      const order = this.descending ? 'descending' : 'ascending';
      cell.setAttribute('aria-sort', column === this.column ? order : 'none');
    }
  }
}

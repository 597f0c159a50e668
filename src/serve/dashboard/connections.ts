import type { ConnectionCounts, ConnectionHealth, FeedEvent, Stats } from './api-types.ts';
import { byId, element, setData, setText } from './dom.ts';
import { compact, duration } from './format.ts';
import { RingGauge } from './ring-gauge.ts';
import { StateHistory } from './state-history.ts';
import { toneOf } from './states.ts';
import { timeWindow } from './time-window.ts';
import { isKnown, venueNamed } from './venues/venues.ts';

/** All connections in use: rings, state, the states before it, lag. */
export class Connections {
  readonly #list = byId('connections');
  readonly #lines = new Map<string, ConnectionLine>();
  readonly #histories = new Map<string, StateHistory>();

  constructor() {
    const heads = ['Rings', 'Connection', 'History', 'Occupancy and lag'];
    this.#list.append(
      element(
        'div',
        { role: 'row', class: 'visually-hidden' },
        ...heads.map((head) => element('span', { role: 'columnheader' }, head)),
      ),
    );
  }

  /** A `state` event: its history may begin before the connection is on the page. */
  onState({ venue, connection, from, to, at }: FeedEvent): void {
    const history = this.#history(`${venue} ${connection}`);
    if (history.empty && typeof from === 'string') history.add(from, timeWindow(at)[0] - 1);
    history.add(String(to), at);
  }

  refresh({ venues }: Stats): void {
    const seen = new Set<string>();
    for (const [venue, { health, stats }] of Object.entries(venues)) {
      if (!isKnown(venue)) continue;
      for (const connection of health.connections) {
        const key = `${venue} ${connection.connection}`;
        seen.add(key);
        const counts = stats.connections.find((each) => each.connection === connection.connection);
        const line = this.#line(key, venue);
        line.showHealth(connection);
        if (counts) line.showCounts(counts);
      }
    }
    for (const [key, line] of this.#lines) {
      if (seen.has(key)) continue;
      line.element.remove();
      this.#lines.delete(key);
    }
  }

  #line(key: string, venue: string): ConnectionLine {
    let line = this.#lines.get(key);
    if (!line) {
      line = new ConnectionLine(venue, this.#history(key));
      this.#lines.set(key, line);
      this.#list.append(line.element);
    }
    return line;
  }

  #history(key: string): StateHistory {
    let history = this.#histories.get(key);
    if (!history) {
      history = new StateHistory();
      this.#histories.set(key, history);
    }
    return history;
  }
}

class ConnectionLine {
  readonly element: HTMLElement;
  readonly #venue: string;
  readonly #history: StateHistory;
  readonly #gauge = new RingGauge();
  readonly #name = element('b');
  readonly #dot = element('i', { class: 'dot' });
  readonly #state = document.createTextNode('');
  readonly #since = element('span');
  readonly #reconnects = element('span');
  readonly #frames = element('b');
  readonly #records = element('b');
  readonly #written = element('b');
  readonly #readers = element('ul', { class: 'readers' });
  readonly #lags: HTMLElement[] = [];

  constructor(venue: string, history: StateHistory) {
    this.#venue = venue;
    this.#history = history;
    this.element = element(
      'div',
      { class: 'connection', role: 'row' },
      element('div', { role: 'cell', class: 'connection-gauge' }, this.#gauge.element),
      element(
        'div',
        { role: 'cell', class: 'connection-name' },
        this.#name,
        element('span', {}, this.#dot, this.#state),
      ),
      element(
        'div',
        { role: 'cell', class: 'connection-history' },
        history.element,
        element('div', { class: 'history-line' }, this.#since, this.#reconnects),
      ),
      element(
        'div',
        { role: 'cell', class: 'connection-rings' },
        element('div', {}, 'frames ', this.#frames),
        element('div', {}, 'records ', this.#records),
        element('div', {}, 'written ', this.#written),
      ),
      element('div', { role: 'cell', class: 'connection-readers' }, this.#readers),
    );
  }

  showHealth({ connection, name, state, since, reconnects, subscriptions }: ConnectionHealth): void {
    // What the venue calls all of them alike says nothing more.
    const own = name === 'default' || name === `connection ${connection}` ? '' : name;
    setText(this.#name, `${venueNamed(this.#venue).label} ${connection} ${own}`.trim());
    setData(this.#dot, 'tone', toneOf(state));
    setText(this.#state, state);
    this.element.title = `${subscriptions} subscriptions`;
    if (this.#history.empty) this.#history.add(state, since);
    this.#history.draw();
    setText(this.#since, since > 0 ? `for ${duration(Math.max(0, Date.now() - since))}` : '');
    setText(
      this.#reconnects,
      reconnects === 0 ? '' : `${reconnects} reconnect${reconnects === 1 ? '' : 's'}`,
    );
  }

  showCounts(counts: ConnectionCounts): void {
    this.#gauge.show(counts);
    setText(this.#frames, share(counts.frameRingOccupancy));
    setText(this.#records, share(counts.recordRingOccupancy));
    setText(this.#written, compact(counts.records));
    this.#showReaders(counts.readers);
  }

  /** Lag of each reader: how many records it has still to read. */
  #showReaders(readers: ConnectionCounts['readers']): void {
    while (this.#lags.length > readers.length) this.#lags.pop()!.remove();
    while (this.#lags.length < readers.length) {
      const item = element('li', {}, element('span'), element('i', {}, element('i')), element('b'));
      this.#lags.push(item);
      this.#readers.append(item);
    }
    for (const [index, { kind, lag, lagged }] of readers.entries()) {
      const [name, bar, count] = this.#lags[index]!.children as unknown as [
        HTMLElement,
        HTMLElement,
        HTMLElement,
      ];
      setText(name, lagged > 0 ? `${kind} reader, ${compact(lagged)} lost` : `${kind} reader`);
      setText(count, compact(lag));
      (bar.firstElementChild as HTMLElement).style.transform = `scaleX(${Math.min(1, lag / FAR_BEHIND)})`;
    }
  }
}

/** A reader's lag fills its bar when it is as many records as this behind. */
const FAR_BEHIND = 4096;

function share(occupancy: number): string {
  return `${(occupancy * 100).toFixed(occupancy > 0 && occupancy < 0.1 ? 1 : 0)}%`;
}

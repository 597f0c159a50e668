import type { Info, Stats } from './api-types.ts';
import { byId, element, setData, setText } from './dom.ts';
import { microseconds, whole } from './format.ts';
import { toneOf } from './states.ts';
import { isKnown, venueNamed } from './venues/venues.ts';

interface Pill {
  readonly dot: HTMLElement;
  readonly state: HTMLElement;
}

/** The top of the page: venues and their states, and the three figures that tell how it goes. */
export class Summary {
  readonly #pills = new Map<string, Pill>();
  readonly #rate = byId('figure-rate');
  readonly #latency = byId('figure-latency');
  readonly #dropped = byId('figure-dropped');
  readonly #link = byId('link');

  constructor({ venues }: Info) {
    for (const { venue, simulated } of venues) {
      if (!isKnown(venue)) continue;
      const dot = element('i', { class: 'dot' });
      const state = element('span', { class: 'note' });
      const name = element('b', {}, venueNamed(venue).label);
      const pill = element(
        'li',
        { class: 'venue', title: simulated ? 'simulated' : 'live' },
        dot,
        name,
        state,
      );
      if (simulated) name.append(element('span', { class: 'visually-hidden' }, ', simulated'));
      byId('venues').append(pill);
      this.#pills.set(venue, { dot, state });
    }
  }

  show({ venues }: Stats, rate: number | undefined, latency: number | undefined): void {
    for (const [venue, { state }] of Object.entries(venues)) this.showState(venue, state);
    if (rate !== undefined) setText(this.#rate, whole(rate));
    if (latency !== undefined) setText(this.#latency, microseconds(latency));
    const dropped = Object.values(venues).reduce((sum, { stats }) => {
      return sum + stats.framesDropped + stats.framesTooLarge + stats.framesSkipped + stats.recordsDropped;
    }, 0);
    setText(this.#dropped, whole(dropped));
  }

  showState(venue: string, state: string): void {
    const pill = this.#pills.get(venue);
    if (!pill) return;
    setData(pill.dot, 'tone', toneOf(state));
    setText(pill.state, state);
  }

  /** Whether the server answers. */
  showLink(there: boolean): void {
    this.#link.hidden = there;
    setText(this.#link, there ? '' : 'Server gone, trying again');
  }
}

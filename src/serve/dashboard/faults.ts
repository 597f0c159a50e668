import { ApiError, get, send } from './api.ts';
import type { Faults as FaultsAnswer, FeedEvent, PanelFault, Stats } from './api-types.ts';
import { byId, element, setData, setText } from './dom.ts';
import { duration } from './format.ts';
import { addMark } from './marks.ts';
import { type Phase, Recovery } from './recovery.ts';
import type { Venue } from './venues/venue.ts';
import { isKnown, venueNamed } from './venues/venues.ts';

interface Words {
  readonly title: string;
  readonly more: string | ((venue: Venue) => string);
}

const WORDS: Readonly<Record<string, Words>> = {
  'cut-connection': { title: 'Cut the connection', more: 'Reconnects, and subscribes again' },
  'corrupt-checksum': { title: 'Corrupt a checksum', more: 'The book is not trusted until a new snapshot' },
  'drop-update': {
    title: 'Drop updates',
    more: ({ check }) => ['Ten in a row', check?.givenAwayBy].filter(Boolean).join(': '),
  },
  'stall-decoder': { title: 'Stall a decoder', more: 'Its ring fills, then drains; nothing is lost' },
};

const PHASES: Readonly<Record<Phase, string>> = {
  asked: 'Sent',
  hurt: 'Hurt',
  recovered: 'Recovered',
  unseen: 'Not noticed',
};

/** A single update may be of a level that the checksum does not cover, and nobody would miss it. */
const DROPPED = 10;

/** Faults that hit the book that is looked at, where each is checked by itself. */
const BOOK_FAULTS: ReadonlySet<string> = new Set(['corrupt-checksum', 'drop-update']);

/** Breaks simulated venues on purpose, and tells how long they took to recover. */
export class Faults {
  readonly #buttons: FaultButton[] = [];
  readonly #chosen: (venue: string) => string | undefined;

  /** @param chosen the symbol of a venue that is looked at, to be hit where a fault hits one */
  constructor(chosen: (venue: string) => string | undefined) {
    this.#chosen = chosen;
  }

  async open(): Promise<void> {
    const { venues } = await get<FaultsAnswer>('/faults');
    for (const [venue, { panel }] of Object.entries(venues)) {
      if (!isKnown(venue)) continue;
      const buttons = panel.map((fault) => new FaultButton(venue, fault, () => this.#chosen(venue)));
      this.#buttons.push(...buttons);
      const group = element(
        'div',
        { class: 'fault-venue', role: 'group', 'aria-label': `Faults of ${venueNamed(venue).label}` },
        element('h3', {}, venueNamed(venue).label),
        ...buttons.map((button) => button.element),
      );
      byId('fault-list').append(group);
    }
  }

  onEvent(event: FeedEvent): void {
    if (event.type === 'fault') addMark(event.at);
    for (const button of this.#buttons) if (button.venue === event.venue) button.onEvent(event);
  }

  onStats({ venues, at }: Stats): void {
    for (const button of this.#buttons) button.onStats(venues[button.venue], at);
  }
}

class FaultButton {
  readonly venue: string;
  readonly element: HTMLButtonElement;
  readonly #fault: PanelFault;
  readonly #chosen: () => string | undefined;
  readonly #output = element('output');
  #recovery: Recovery | undefined;

  constructor(venue: string, fault: PanelFault, chosen: () => string | undefined) {
    this.venue = venue;
    this.#fault = fault;
    this.#chosen = chosen;
    const { title, more } = WORDS[fault.name] ?? { title: fault.name, more: fault.fault };
    const words = typeof more === 'string' ? more : more(venueNamed(venue));
    this.element = element(
      'button',
      { type: 'button', class: 'fault', 'data-fault': fault.name, 'data-venue': venue },
      element('span', {}, element('b', {}, title), element('small', {}, words)),
      this.#output,
    );
    this.element.addEventListener('click', () => void this.#inject());
  }

  onEvent(event: FeedEvent): void {
    this.#recovery?.onEvent(event);
    this.#show();
  }

  onStats(stats: Stats['venues'][string] | undefined, at: number): void {
    if (!stats || !this.#recovery) return;
    this.#recovery.onStats(stats, at);
    this.#show();
  }

  async #inject(): Promise<void> {
    if (this.#recovery && !this.#recovery.over) return;
    const { name, fault } = this.#fault;
    const value = name === 'drop-update' ? DROPPED : this.#fault.value;
    const hitsBook = BOOK_FAULTS.has(name) && venueNamed(this.venue).check?.ofEachBook;
    const symbol = hitsBook ? this.#chosen() : undefined;
    // Followed from before it is sent: its first event may be here before the answer.
    this.#recovery = new Recovery();
    this.#show();
    const request = { venue: this.venue, fault, ...(value !== null && { value }), ...(symbol && { symbol }) };
    try {
      await send('POST', '/faults', request);
    } catch (error) {
      this.#recovery = undefined;
      setData(this.element, 'phase', 'refused');
      setText(this.#output, error instanceof ApiError ? error.message : 'The server is gone');
    }
  }

  #show(): void {
    const recovery = this.#recovery;
    if (!recovery) return;
    setData(this.element, 'phase', recovery.phase);
    const took = recovery.phase === 'recovered' ? ` in ${duration(recovery.took)}` : '';
    setText(this.#output, PHASES[recovery.phase] + took);
  }
}

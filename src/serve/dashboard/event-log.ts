import type { FeedEvent } from './api-types.ts';
import { byId, element } from './dom.ts';
import { type EventKind, wordsOf } from './event-words.ts';
import { clock } from './format.ts';
import { nextFrame } from './frame-loop.ts';
import { isKnown } from './venues/venues.ts';

/** Kept on the page. */
const MOST = 200;

const CHOICES: readonly { readonly title: string; readonly kind: EventKind | undefined }[] = [
  { title: 'All', kind: undefined },
  { title: 'Gaps', kind: 'gaps' },
  { title: 'States', kind: 'states' },
  { title: 'Errors', kind: 'errors' },
];

/** What happened to the feeds, newest first. */
export class EventLog {
  readonly #list = byId('events');
  readonly #none = element('li', { class: 'event-none' }, 'Nothing has happened yet.');
  /** Newest first. */
  #events: FeedEvent[] = [];
  #kind: EventKind | undefined;

  constructor() {
    this.#list.append(this.#none);
    const buttons = CHOICES.map(({ title, kind }) => {
      const button = element('button', { type: 'button', 'aria-pressed': String(kind === undefined) }, title);
      button.addEventListener('click', () => {
        this.#kind = kind;
        for (const each of buttons) each.setAttribute('aria-pressed', String(each === button));
        nextFrame(this.#draw);
      });
      return button;
    });
    byId('event-kinds').append(...buttons);
  }

  add(event: FeedEvent): void {
    if (!isKnown(event.venue)) return;
    this.#events.unshift(event);
    this.#events.length = Math.min(this.#events.length, MOST);
    nextFrame(this.#draw);
  }

  readonly #draw = (): void => {
    const lines = this.#events.flatMap((event) => this.#line(event));
    this.#list.replaceChildren(...(lines.length > 0 ? lines : [this.#none]));
  };

  #line(event: FeedEvent): HTMLElement[] {
    const { kind, tone, sign, title, more } = wordsOf(event);
    if (this.#kind !== undefined && this.#kind !== kind) return [];
    const time = element('time', { datetime: new Date(event.at).toISOString() }, clock(event.at));
    const words = element('p', {}, element('b', {}, title), ' ', element('span', {}, more));
    return [
      element(
        'li',
        { class: 'event', 'data-tone': tone },
        time,
        element('i', { 'aria-hidden': true }, sign),
        words,
      ),
    ];
  }
}

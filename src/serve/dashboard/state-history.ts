import { svg } from './dom.ts';
import { duration } from './format.ts';
import { type Tone, toneOf } from './states.ts';
import { LONGEST, timeWindow } from './time-window.ts';

/** Width of the strip in its own units. */
const WIDTH = 1000;

/** A short state is drawn at least so wide: what happened is to be seen, however short it was. */
const THINNEST = 5;

interface Span {
  readonly from: number;
  readonly tone: Tone;
}

/** The states that a connection went through, as a strip of colours. */
export class StateHistory {
  readonly element = svg('svg', {
    class: 'history',
    viewBox: `0 0 ${WIDTH} 10`,
    preserveAspectRatio: 'none',
    role: 'img',
    'aria-label': 'No state known yet',
  });
  readonly #spans: Span[] = [];
  #changes = 0;

  /** @param at ms since the epoch; spans come in order */
  add(state: string, at: number): void {
    const tone = toneOf(state);
    const last = this.#spans.at(-1);
    if (last && at < last.from) return;
    if (last?.tone === tone) return;
    this.#spans.push({ from: at, tone });
    if (this.#spans.length > 1) this.#changes += 1;
    const tooOld = Date.now() - LONGEST;
    while (this.#spans[1] && this.#spans[1].from < tooOld) this.#spans.shift();
  }

  get empty(): boolean {
    return this.#spans.length === 0;
  }

  draw(): void {
    const [from, to] = timeWindow(Date.now());
    const place = (at: number) => (Math.max(0, at - from) / (to - from)) * WIDTH;
    const rects = this.#spans.map((span, index) => {
      const x = place(span.from);
      const end = place(this.#spans[index + 1]?.from ?? to);
      const width = span.tone === 'up' ? end - x : Math.max(THINNEST, end - x);
      return svg('rect', {
        x: x.toFixed(1),
        y: 0,
        width: Math.max(0, width).toFixed(1),
        height: 10,
        'data-tone': span.tone,
      });
    });
    // What is down or on its way lies above what is up, so that its least width is seen.
    rects.sort((a, b) => Number(b.dataset.tone === 'up') - Number(a.dataset.tone === 'up'));
    this.element.replaceChildren(...rects);
    const last = this.#spans.at(-1);
    if (!last) return;
    const words = { up: 'subscribed', busy: 'on its way', down: 'down', none: 'unknown' }[last.tone];
    const label = `${words} for ${duration(to - last.from)}; ${this.#changes} changes seen`;
    this.element.setAttribute('aria-label', label);
  }
}

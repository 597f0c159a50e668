import { get } from './api.ts';
import { byId, element } from './dom.ts';
import { isKnown, venueNamed } from './venues/venues.ts';

/** Offers of each venue. */
const MOST_OFFERS = 6;

/** How long typing rests before the server is asked, ms. */
const PAUSE = 120;

interface Offer {
  readonly venue: string;
  readonly symbol: string;
}

interface Options {
  readonly venues: readonly string[];
  /** Whether symbols can be added. */
  readonly adding: boolean;
  readonly onFilter: (text: string) => void;
  readonly onAdd: (offer: Offer) => void;
  readonly isWatched: (venue: string, symbol: string) => boolean;
}

/** One field that filters the watch list, and offers what could be added to it. */
export class SymbolSearch {
  readonly #input = byId<HTMLInputElement>('search');
  readonly #offers = byId('search-offers');
  readonly #options: Options;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked: AbortController | undefined;

  constructor(options: Options) {
    this.#options = options;
    if (!options.adding) {
      this.#input.placeholder = 'Filter';
      this.#input.setAttribute('aria-label', 'Filter the watch list');
    }
    this.#input.addEventListener('input', () => this.#changed());
    this.#input.addEventListener('focus', () => this.#changed());
    const box = this.#input.parentElement!;
    box.addEventListener('keydown', (event) => this.#onKey(event));
    box.addEventListener('focusout', ({ relatedTarget }) => {
      if (!box.contains(relatedTarget as Node | null)) this.#offers.hidden = true;
    });
    document.addEventListener('keydown', (event) => {
      const typing = event.target instanceof HTMLInputElement;
      if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      this.#input.focus();
    });
  }

  #changed(): void {
    const { value } = this.#input;
    this.#options.onFilter(value);
    clearTimeout(this.#timer);
    this.#asked?.abort();
    if (!this.#options.adding || value.trim() === '') this.#offers.hidden = true;
    else this.#timer = setTimeout(() => void this.#ask(value.trim()), PAUSE);
  }

  async #ask(text: string): Promise<void> {
    const asked = new AbortController();
    this.#asked = asked;
    const found = await Promise.all(
      this.#options.venues.filter(isKnown).map((venue) => this.#offersOf(venue, text, asked.signal)),
    ).catch(() => undefined);
    if (found && !asked.signal.aborted) this.#show(found.flat(), text);
  }

  async #offersOf(venue: string, text: string, signal: AbortSignal): Promise<Offer[]> {
    const query = new URLSearchParams({ venue, query: text, limit: String(MOST_OFFERS) });
    const { symbols } = await get<{ symbols: string[] }>(`/subscriptions?${query}`, signal);
    const own = text.toUpperCase();
    const unlisted = venueNamed(venue).isSymbol(own) && !symbols.includes(own);
    const all = unlisted ? [own, ...symbols] : symbols;
    return all
      .filter((symbol) => !this.#options.isWatched(venue, symbol))
      .map((symbol) => ({ venue, symbol }));
  }

  #show(offers: readonly Offer[], text: string): void {
    const buttons = offers.map((offer) => {
      const button = element(
        'button',
        { type: 'button' },
        element('span', {}, `Add ${offer.symbol}`),
        element('span', { class: 'note' }, venueNamed(offer.venue).label),
      );
      button.addEventListener('click', () => this.#add(offer));
      return button;
    });
    const none = element('p', {}, `No other symbol is like “${text}”.`);
    this.#offers.replaceChildren(...(buttons.length > 0 ? buttons : [none]));
    this.#offers.hidden = !this.#input.parentElement!.contains(document.activeElement);
  }

  #add(offer: Offer): void {
    this.#clear();
    this.#input.focus();
    this.#options.onAdd(offer);
  }

  #clear(): void {
    this.#input.value = '';
    this.#changed();
  }

  #onKey(event: KeyboardEvent): void {
    const buttons = [...this.#offers.querySelectorAll('button')];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    if (event.key === 'ArrowDown' && !this.#offers.hidden)
      buttons[Math.min(at + 1, buttons.length - 1)]?.focus();
    else if (event.key === 'ArrowUp' && at >= 0) (at === 0 ? this.#input : buttons[at - 1]!).focus();
    else if (event.key === 'Escape') this.#clear();
    else if (event.key === 'Enter' && at < 0 && !this.#offers.hidden) buttons[0]?.click();
    else return;
    event.preventDefault();
  }
}

import { ApiError, get, send } from './api.ts';
import type { SymbolEntry, Symbols } from './api-types.ts';
import { notice } from './notice.ts';

/** Several changes that come together are asked for once, ms. */
const PAUSE = 150;

/** What is subscribed to, and changing it. */
export class Subscriptions {
  readonly #onChange: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** By venue. */
  async load(): Promise<Readonly<Record<string, readonly SymbolEntry[]>>> {
    const { venues } = await get<Symbols>('/symbols');
    return venues;
  }

  /** To be called when others may have changed them. */
  changed(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#onChange, PAUSE);
  }

  /** Answers whether it was done. */
  add(venue: string, symbol: string): Promise<boolean> {
    return this.#send('POST', venue, symbol);
  }

  /** Answers whether it was done. */
  remove(venue: string, symbol: string): Promise<boolean> {
    return this.#send('DELETE', venue, symbol);
  }

  async #send(method: 'POST' | 'DELETE', venue: string, symbol: string): Promise<boolean> {
    try {
      await send(method, '/subscriptions', { venue, symbols: [symbol] });
      notice(method === 'POST' ? `${symbol} added` : `${symbol} removed`);
      return true;
    } catch (error) {
      notice(error instanceof ApiError ? error.message : 'The server is gone; nothing was changed.');
      return false;
    }
  }
}

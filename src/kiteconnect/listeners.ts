import { ArgumentError } from '../errors.ts';
import type { KiteTickerEvents } from './types.ts';

type Listener = (...values: never[]) => void;

/**
 * Who listens to which event. What a listener throws is thrown again by itself, as an uncaught exception: it stops
 * neither the others nor the feed.
 */
export class Listeners {
  readonly #lists: Readonly<Record<keyof KiteTickerEvents, Listener[]>> = {
    connect: [],
    ticks: [],
    disconnect: [],
    error: [],
    close: [],
    reconnect: [],
    noreconnect: [],
    message: [],
    order_update: [],
  };

  /**
   * An event that there is not is passed over, as the official client does.
   *
   * @throws ArgumentError for a listener that is no function
   */
  add(event: string, listener: Listener): void {
    if (typeof listener !== 'function') {
      throw new ArgumentError(`a listener of '${event}' must be a function, not ${typeof listener}`);
    }
    if (Object.hasOwn(this.#lists, event)) this.#lists[event as keyof KiteTickerEvents].push(listener);
  }

  has(event: keyof KiteTickerEvents): boolean {
    return this.#lists[event].length > 0;
  }

  emit<Name extends keyof KiteTickerEvents>(event: Name, ...values: KiteTickerEvents[Name]): void {
    for (const listener of this.#lists[event]) {
      try {
        (listener as (...values: unknown[]) => void)(...values);
      } catch (error) {
        process.nextTick(() => {
          throw error;
        });
      }
    }
  }
}

import { EventEmitter } from 'node:events';

/** Event name → what its listeners get. */
export type EventMap<Events> = Record<keyof Events, unknown[]>;

/**
 * An event emitter with typed events. Unlike Node's, an `error` that nobody listens for is not thrown: what failed is
 * also in `health()` and on the diagnostics channels, and a library does not end its user's process.
 */
export class TypedEmitter<Events extends EventMap<Events>> {
  readonly #emitter = new EventEmitter();

  on<Name extends keyof Events & string>(name: Name, listener: (...values: Events[Name]) => void): this {
    this.#emitter.on(name, listener as (...values: unknown[]) => void);
    return this;
  }

  once<Name extends keyof Events & string>(name: Name, listener: (...values: Events[Name]) => void): this {
    this.#emitter.once(name, listener as (...values: unknown[]) => void);
    return this;
  }

  off<Name extends keyof Events & string>(name: Name, listener: (...values: Events[Name]) => void): this {
    this.#emitter.off(name, listener as (...values: unknown[]) => void);
    return this;
  }

  listenerCount(name: keyof Events & string): number {
    return this.#emitter.listenerCount(name);
  }

  /**
   * Calls the listeners. What one throws is thrown again by itself, as an uncaught exception: neither the other listeners nor
   * the socket that the event came from are left in the middle of something.
   */
  protected emit<Name extends keyof Events & string>(name: Name, ...values: Events[Name]): void {
    for (const listener of this.#emitter.rawListeners(name)) {
      try {
        Reflect.apply(listener, this, values);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}

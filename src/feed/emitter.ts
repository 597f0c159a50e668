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

  protected emit<Name extends keyof Events & string>(name: Name, ...values: Events[Name]): void {
    if (name === 'error' && this.#emitter.listenerCount('error') === 0) return;
    this.#emitter.emit(name, ...values);
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Aborts its signal when this process is asked to end, or the time is up; until it is disposed of. */
export class Interruption implements Disposable {
  readonly #controller = new AbortController();
  readonly #end = () => this.#controller.abort();
  readonly #timer: NodeJS.Timeout | undefined;

  /** @param seconds Infinity: never */
  constructor(seconds: number) {
    for (const name of SIGNALS) process.on(name, this.#end);
    if (Number.isFinite(seconds)) this.#timer = setTimeout(this.#end, seconds * 1000);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    for (const name of SIGNALS) process.off(name, this.#end);
    clearTimeout(this.#timer);
  }
}

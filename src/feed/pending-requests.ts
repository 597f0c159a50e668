/** Something that was asked on a connection. */
export interface Asked {
  readonly id: number;
  readonly connection: number;
}

/** What has been asked and not been answered yet, and how long that may take. Numbers are unique within a feed, from 1. */
export class PendingRequests<Request extends Asked> {
  readonly #timeout: number;
  readonly #onTimeout: (request: Request) => void;
  readonly #pending = new Map<number, { readonly request: Request; readonly timer: NodeJS.Timeout }>();
  #next = 1;

  /**
   * @param timeout ms
   * @param onTimeout told of a request that was not answered in time; it is forgotten
   */
  constructor(timeout: number, onTimeout: (request: Request) => void) {
    this.#timeout = timeout;
    this.#onTimeout = onTimeout;
  }

  /** A number that has not been used. */
  nextId(): number {
    return this.#next++;
  }

  /** A request is about to be sent. */
  begin(request: Request): void {
    const { id } = request;
    const timer = setTimeout(() => {
      this.#pending.delete(id);
      this.#onTimeout(request);
    }, this.#timeout);
    this.#pending.set(id, { request, timer });
  }

  get(id: number): Request | undefined {
    return this.#pending.get(id)?.request;
  }

  /** Those of a connection, oldest first. */
  *of(connection: number): IterableIterator<Request> {
    for (const { request } of this.#pending.values()) if (request.connection === connection) yield request;
  }

  /** It has been answered. */
  end(id: number): void {
    clearTimeout(this.#pending.get(id)?.timer);
    this.#pending.delete(id);
  }

  /** The connection is gone, and with it its answers. Returns what was still to be answered. */
  forget(connection: number): Request[] {
    const forgotten = [...this.of(connection)];
    for (const { id } of forgotten) this.end(id);
    return forgotten;
  }

  stop(): void {
    for (const id of this.#pending.keys()) this.end(id);
  }
}

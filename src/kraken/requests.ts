import { PendingRequests } from '../feed/pending-requests.ts';
import type { StreamSpec } from './channels.ts';
import type { Method } from './protocol.ts';
import type { Batch } from './subscriptions.ts';

/** A request that has not been answered for all of its symbols. */
export interface PendingRequest {
  readonly id: number;
  readonly connection: number;
  readonly method: Method;
  /** The token that it carried, where it needed one. */
  readonly token: string | undefined;
  /** What is still to be answered, by symbol; the empty text for channels without. */
  readonly specs: Map<string, StreamSpec>;
}

/** What an answer says that it is to. */
interface Answer {
  readonly id: number | undefined;
  readonly symbol: string | undefined;
  readonly channel: string | undefined;
  readonly method: string | undefined;
}

/** An answer, tied to what it answers. */
export interface Answered {
  readonly request: PendingRequest;
  readonly specs: readonly StreamSpec[];
}

/** What has been asked and not been answered. Numbers are unique within a feed. */
export class Requests {
  readonly #pending: PendingRequests<PendingRequest>;

  /**
   * @param timeout ms
   * @param onTimeout told of a request that was not answered, or not for all of its symbols; it is forgotten
   */
  constructor(timeout: number, onTimeout: (request: PendingRequest) => void) {
    this.#pending = new PendingRequests(timeout, onTimeout);
  }

  /** A number that has not been used. */
  nextId(): number {
    return this.#pending.nextId();
  }

  /** A request is about to be sent; answers its number. */
  begin(connection: number, { method, specs }: Batch, token: string | undefined): number {
    const id = this.nextId();
    const asked = new Map(specs.map((spec) => [spec.symbol ?? '', spec]));
    this.#pending.begin({ id, connection, method, token, specs: asked });
    return id;
  }

  /**
   * What an answer on a connection is to. One without a number is told by its symbol, or by its channel; one without a symbol is
   * to all that the request has left.
   */
  answered(connection: number, { id, symbol, channel, method }: Answer): Answered | undefined {
    const request =
      id === undefined ? this.#named(connection, symbol, channel, method) : this.#pending.get(id);
    if (!request || request.connection !== connection) return undefined;
    const spec = request.specs.get(symbol ?? '');
    const specs = spec ? [spec] : symbol === undefined ? [...request.specs.values()] : [];
    for (const { symbol: of } of specs) request.specs.delete(of ?? '');
    if (request.specs.size === 0) this.#pending.end(request.id);
    return { request, specs };
  }

  /** The connection is gone, and with it its answers. */
  forget(connection: number): void {
    this.#pending.forget(connection);
  }

  stop(): void {
    this.#pending.stop();
  }

  /** The oldest that may be meant. */
  #named(
    connection: number,
    symbol: string | undefined,
    channel: string | undefined,
    method: string | undefined,
  ): PendingRequest | undefined {
    if (symbol === undefined && channel === undefined) return undefined;
    for (const request of this.#pending.of(connection)) {
      if (method !== undefined && method !== request.method) continue;
      if (symbol !== undefined && !request.specs.has(symbol)) continue;
      const [spec] = request.specs.values();
      if (channel === undefined || channel === spec?.channel) return request;
    }
    return undefined;
  }
}

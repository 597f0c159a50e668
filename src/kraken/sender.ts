import { AuthenticationError, type TickringError } from '../errors.ts';
import { Backoff } from '../feed/backoff.ts';
import { TokenBucket } from '../feed/token-bucket.ts';
import type { TokenSource } from './auth.ts';
import type { StreamSpec } from './channels.ts';
import { type Method, pingMessage, requestMessage } from './protocol.ts';
import type { Requests } from './requests.ts';
import type { KrakenSubscriptions } from './subscriptions.ts';

/** How fast a connection asks. */
export interface Pace {
  /** Messages at once, and then a second. */
  readonly burst: number;
  readonly perSecond: number;
  /** Symbols in one message. */
  readonly symbols: number;
  /** What the service's `level3` counter allows a second. */
  readonly level3Allowance: number;
}

export interface SenderOptions {
  readonly connection: number;
  readonly subscriptions: KrakenSubscriptions;
  readonly requests: Requests;
  /** Where the connection's requests need one. */
  readonly tokens: TokenSource | undefined;
  readonly pace: Pace;
  readonly send: (text: string) => boolean;
  /** No token is to be had: for now, or, with an AuthenticationError, at all. */
  readonly onNoToken: (error: TickringError) => void;
}

/** Of the allowance: the service counts when a request arrives, and the second may take less time on its way than the first. */
const LEVEL3_SHARE = 0.9;
/** A service that says that it is asked too fast gets a rest, doubled each time, ms. */
const FIRST_REST = 1000;
const MOST_REST = 30_000;

/** Sends what subscriptions want asked, at the pace that the service bears: one for each connection. */
export class Sender {
  readonly #options: SenderOptions;
  readonly #messages: TokenBucket;
  readonly #level3: TokenBucket;
  readonly #tokenRetry = new Backoff({ initialDelay: 1000, maxAttempts: Number.POSITIVE_INFINITY });
  #timer: NodeJS.Timeout | undefined;
  #open = false;
  #fetching = false;
  #rest = FIRST_REST;
  #sentAt = 0;

  constructor(options: SenderOptions) {
    const { pace } = options;
    this.#options = options;
    this.#messages = new TokenBucket(pace.burst, pace.perSecond);
    this.#level3 = new TokenBucket(pace.level3Allowance, pace.level3Allowance * LEVEL3_SHARE);
  }

  /** When the last message was sent, ms of `performance.now()`. */
  get sentAt(): number {
    return this.#sentAt;
  }

  opened(): void {
    this.#open = true;
    this.#sentAt = performance.now();
    this.#rest = FIRST_REST;
    this.pump();
  }

  closed(): void {
    this.#open = false;
    clearTimeout(this.#timer);
  }

  /** Sends what may be sent now, and comes back for the rest. */
  pump(): void {
    clearTimeout(this.#timer);
    const { connection, subscriptions, requests, tokens, pace } = this.#options;
    while (this.#open && subscriptions.waiting(connection)) {
      const wait = this.#messages.delay();
      if (wait > 0) {
        this.#later(wait);
        return;
      }
      const token = tokens?.current;
      if (tokens && token === undefined) {
        void this.#fetchToken(tokens);
        return;
      }
      let short = 0;
      const batch = subscriptions.next(connection, (method, spec) => {
        const room = this.#room(method, spec);
        if (room === 0) short = this.#level3.delay(spec.cost);
        return Math.min(pace.symbols, room);
      });
      if (!batch) {
        this.#later(short);
        return;
      }
      const { method, spec, specs } = batch;
      if (method === 'subscribe') this.#level3.take(spec.cost * specs.length);
      const symbols = specs.flatMap(({ symbol }) => symbol ?? []);
      const params = method === 'subscribe' ? spec.subscribeParams : spec.unsubscribeParams;
      const id = requests.begin(connection, batch, token);
      this.#send(requestMessage(id, method, spec.channel, symbols, params, token));
    }
  }

  /** Asks for a sign of life. */
  ping(): void {
    if (this.#open) this.#send(pingMessage(this.#options.requests.nextId()));
  }

  /** The service said that it is asked too fast. */
  tooFast(): void {
    this.#messages.pause(this.#rest);
    this.#rest = Math.min(2 * this.#rest, MOST_REST);
    this.pump();
  }

  /** Symbols that the service's counter has room for. */
  #room(method: Method, { cost }: StreamSpec): number {
    if (method === 'unsubscribe' || cost === 0) return Number.POSITIVE_INFINITY;
    return Math.max(0, Math.floor(this.#level3.available / cost));
  }

  #send(text: string): void {
    this.#messages.take();
    this.#sentAt = performance.now();
    this.#options.send(text);
  }

  #later(delay: number): void {
    this.#timer = setTimeout(() => this.pump(), delay);
  }

  async #fetchToken(tokens: TokenSource): Promise<void> {
    if (this.#fetching) return;
    this.#fetching = true;
    let delay = 0;
    try {
      await tokens.token();
      this.#tokenRetry.succeeded();
    } catch (error) {
      if (this.#open) this.#options.onNoToken(error as TickringError);
      delay = error instanceof AuthenticationError ? 0 : this.#tokenRetry.next()!;
    } finally {
      this.#fetching = false;
    }
    if (!this.#open) return;
    if (delay > 0) this.#later(delay);
    else this.pump();
  }
}

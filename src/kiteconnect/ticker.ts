import { ArgumentError, CapacityError, ConnectionError, FrameTooLargeError } from '../errors.ts';
import { checkedMode, checkedTokens } from '../kite/options.ts';
import { parseFrame } from '../kite/parse-frame.ts';
import { INITIAL_MODE, KITE_URL, MAX_INSTRUMENTS, type OrderUpdate } from '../kite/protocol.ts';
import type { Mode } from '../kite/tick.ts';
import { Listeners } from './listeners.ts';
import { type Loss, Run } from './run.ts';
import type { KiteTickerEvents, KiteTickerParams, Tick } from './types.ts';

const DEFAULT_RETRIES = 50;
const MOST_RETRIES = 300;
/** Seconds. */
const DEFAULT_MAX_DELAY = 60;
const LEAST_MAX_DELAY = 5;

/**
 * The official client's `KiteTicker`, on a feed of tickring: ticks are decoded by a worker thread, and delivered in the
 * same shape, one `ticks` event a frame. Every instance has a connection and a state of its own.
 *
 * What is subscribed stays so through lost connections, until it is unsubscribed or `disconnect()` is called. It never
 * ends the process; after `noreconnect` or `disconnect()`, `connect()` starts anew. See `docs/migrating.md`.
 */
export class KiteTicker {
  readonly modeFull = 'full';
  readonly modeQuote = 'quote';
  readonly modeLTP = 'ltp';
  readonly #listeners = new Listeners();
  /** What is to be streamed, whether or not anything is connected. */
  readonly #wanted = new Map<number, Mode>();
  // Private, so that nothing that prints a ticker shows them.
  #apiKey: string;
  #accessToken: string;
  #root: string;
  #reconnects = true;
  #maxRetries = DEFAULT_RETRIES;
  #maxDelay = DEFAULT_MAX_DELAY;
  #run: Run | undefined;

  constructor(params: KiteTickerParams) {
    this.#apiKey = params.api_key;
    this.#accessToken = params.access_token;
    this.#root = params.root || KITE_URL;
    this.autoReconnect(params.reconnect ?? true, params.max_retry, params.max_delay);
  }

  /** Used by the next `connect()`, as `root`. */
  get api_key(): string {
    return this.#apiKey;
  }

  set api_key(key: string) {
    this.#apiKey = key;
  }

  /** A new one is used from the next attempt on, also by a ticker that is running. */
  get access_token(): string {
    return this.#accessToken;
  }

  set access_token(token: string) {
    this.#accessToken = token;
    this.#attempt(() => this.#run?.feed?.updateCredentials('default', { accessToken: token }));
  }

  get root(): string {
    return this.#root;
  }

  set root(root: string) {
    this.#root = root;
  }

  /**
   * Whether to reconnect, how often, and how long to wait at most. The first two hold from the next loss on, the last
   * from the next `connect()`.
   *
   * @param max_retry attempts in a row without any data; default 50, at most 300; a negative number: any number
   * @param max_delay seconds; default 60, at least 5. Each delay is drawn evenly from 0 to a bound that begins with one
   * second and doubles up to this
   */
  autoReconnect(t: boolean, max_retry?: number, max_delay?: number): void {
    const retries = max_retry || DEFAULT_RETRIES;
    this.#reconnects = t;
    this.#maxRetries = retries < 0 ? Number.POSITIVE_INFINITY : Math.min(retries, MOST_RETRIES);
    this.#maxDelay = Math.max(max_delay || DEFAULT_MAX_DELAY, LEAST_MAX_DELAY);
  }

  /** Connects; does nothing when it is connected, connecting, or waiting to try again. */
  connect(): void {
    if (this.#run && !this.#run.over) return;
    const listeners = this.#listeners;
    const run: Run = new Run(
      () => ({
        apiKey: this.#apiKey,
        accessToken: this.#accessToken,
        url: this.#root,
        maxDelay: this.#maxDelay * 1000,
        wanted: this.#wanted,
      }),
      {
        opened: () => listeners.emit('connect'),
        ticks: (ticks) => listeners.emit('ticks', ticks),
        frame: (bytes) => {
          if (listeners.has('message')) listeners.emit('message', new Uint8Array(bytes).buffer);
        },
        order: (order) => listeners.emit('order_update', order),
        failed: (error) => listeners.emit('error', error),
        mayRetry: (attempt) => this.#reconnects && attempt <= this.#maxRetries,
        retrying: (loss, attempt, delay) => {
          this.#lost(loss);
          listeners.emit('reconnect', attempt, delay / 1000);
        },
        ended: (loss) => {
          if (this.#run === run) this.#run = undefined;
          this.#lost(loss ?? { error: new ConnectionError('closed by disconnect()'), wasOpen: true });
          if (loss && this.#reconnects) listeners.emit('noreconnect');
        },
      },
      this.#run?.ended ?? Promise.resolve(),
    );
    this.#run = run;
  }

  /**
   * Disconnects, and forgets what was subscribed. No ticks are delivered any more; `close` and `disconnect` follow when
   * all is released.
   */
  disconnect(): void {
    this.#wanted.clear();
    this.#run?.stop();
  }

  /** Whether the connection is open. */
  connected(): boolean {
    return this.#run?.connected ?? false;
  }

  /**
   * Adds a listener. There is no way to remove one, as with the official client. Ticks and orders may be taken as types
   * of your own, which nothing checks.
   *
   * @throws ArgumentError for a listener that is no function
   */
  on(event: 'connect', callback: () => void): void;
  on<T = Tick>(event: 'ticks', callback: (ticks: T[]) => void): void;
  on(event: 'disconnect', callback: (error: Error) => void): void;
  on(event: 'error', callback: (error: Error) => void): void;
  on(event: 'close', callback: (reason: string) => void): void;
  on(event: 'reconnect', callback: (reconnect_count: number, reconnect_interval: number) => void): void;
  on(event: 'noreconnect', callback: () => void): void;
  on(event: 'message', callback: (binaryData: ArrayBuffer) => void): void;
  on<Order = OrderUpdate>(event: 'order_update', callback: (order: Order) => void): void;
  on(event: keyof KiteTickerEvents, callback: (...values: never[]) => void): void {
    this.#listeners.add(event, callback);
  }

  /**
   * Streams instruments, in quote mode until `setMode`, from now on or from when it is connected. Those that are
   * subscribed already keep their mode. What cannot be subscribed is told by `error`: a token that is none, or more than
   * the 3,000 instruments of a connection, in which case none of these are.
   *
   * @param tokens as numbers or texts
   * @returns the tokens, as they were given
   */
  subscribe<Tokens extends readonly (number | string)[]>(tokens: Tokens): Tokens {
    this.#attempt(() => {
      const fresh = new Set(instruments(tokens).filter((token) => !this.#wanted.has(token)));
      const total = this.#wanted.size + fresh.size;
      if (total > MAX_INSTRUMENTS) {
        throw new CapacityError(total, MAX_INSTRUMENTS, 'unsubscribe some, or use the KiteFeed of tickring');
      }
      for (const token of fresh) this.#wanted.set(token, INITIAL_MODE);
      this.#run?.feed?.subscribe(fresh, INITIAL_MODE);
    });
    return tokens;
  }

  /** Streams these no longer. @returns the tokens, as they were given */
  unsubscribe<Tokens extends readonly (number | string)[]>(tokens: Tokens): Tokens {
    this.#attempt(() => {
      const given = instruments(tokens);
      for (const token of given) this.#wanted.delete(token);
      this.#run?.feed?.unsubscribe(given);
    });
    return tokens;
  }

  /** Changes the mode of subscribed instruments; others are passed over. @returns the tokens, as they were given */
  setMode<Tokens extends readonly (number | string)[]>(
    mode: 'ltp' | 'quote' | 'full',
    tokens: Tokens,
  ): Tokens {
    this.#attempt(() => {
      checkedMode(mode);
      const subscribed = instruments(tokens).filter((token) => this.#wanted.has(token));
      for (const token of subscribed) this.#wanted.set(token, mode);
      this.#run?.feed?.setMode(mode, subscribed);
    });
    return tokens;
  }

  /**
   * Parses a binary message, on this thread. Never throws on malformed bytes: good packets are kept.
   *
   * @throws ArgumentError for what is no ArrayBuffer
   */
  parseBinary(binpacks: ArrayBuffer): Tick[] {
    return parseFrame(binpacks);
  }

  /** As the official client, which throws nothing: what cannot be done is told by `error`. */
  #attempt(change: () => void): void {
    try {
      change();
    } catch (error) {
      this.#listeners.emit('error', error as Error);
    }
  }

  #lost({ error, wasOpen }: Loss): void {
    if (!wasOpen || error instanceof FrameTooLargeError) this.#listeners.emit('error', error);
    this.#listeners.emit('close', error.message);
    this.#listeners.emit('disconnect', error);
  }
}

/** @throws ArgumentError for what is no instrument token */
function instruments(tokens: readonly (number | string)[]): number[] {
  if (!Array.isArray(tokens)) throw new ArgumentError('tokens must be an array of instrument tokens');
  return checkedTokens(tokens.map((token) => (/^\d+$/.test(String(token)) ? Number(token) : Number.NaN)));
}

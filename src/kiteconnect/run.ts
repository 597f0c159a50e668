import { ConnectionError, TickringError } from '../errors.ts';
import type { ConnectionState, StateChange } from '../feed/connection-state.ts';
import type { TickReader } from '../kite/attachment.ts';
import { KiteFeed } from '../kite/feed.ts';
import { MODES, type OrderUpdate } from '../kite/protocol.ts';
import type { Mode, Tick } from '../kite/tick.ts';
import { frameTicks } from './frame-ticks.ts';

/** The connection was lost, or did not come about. */
export interface Loss {
  readonly error: TickringError;
  /** It had been open, and the other side or the network ended it. */
  readonly wasOpen: boolean;
}

/** What a run wants to know when it begins. */
export interface RunSettings {
  readonly apiKey: string;
  readonly accessToken: string;
  readonly url: string;
  /** Longest time between attempts, ms. */
  readonly maxDelay: number;
  readonly wanted: ReadonlyMap<number, Mode>;
}

/** What a run tells its ticker. None of these may throw. */
export interface RunListener {
  /** The connection is open; what is subscribed now is asked for together with the rest. */
  opened(): void;
  ticks(ticks: Tick[]): void;
  /** The bytes are good until this returns. */
  frame(bytes: Uint8Array): void;
  order(order: OrderUpdate): void;
  /** Something failed, and the run goes on. */
  failed(error: TickringError): void;
  /** Whether an attempt may be made: its number, from 1. */
  mayRetry(attempt: number): boolean;
  /** Lost, and going to try again in `delay` ms. */
  retrying(loss: Loss, attempt: number, delay: number): void;
  /** Over, and all that came has been delivered. Without a loss, `stop()` ended it. */
  ended(loss: Loss | undefined): void;
}

const OPEN: readonly ConnectionState[] = ['subscribing', 'subscribed', 'resyncing'];

/** The official client begins with one second, too. */
const FIRST_DELAY = 1000;

/**
 * What lies between `connect()` and the end of it: a feed with one connection, its reconnects, and the reader that
 * takes its ticks. Runs of a ticker follow each other.
 */
export class Run {
  /** Settles when the run is over and its feed is closed. Never rejects. */
  readonly ended: Promise<void>;
  readonly #listener: RunListener;
  #feed: KiteFeed | undefined;
  #reader: TickReader | undefined;
  #finish!: () => void;
  readonly #finished = new Promise<void>((resolve) => {
    this.#finish = resolve;
  });
  #over = false;
  #stopped = false;
  /** How the connection was lost, while the feed goes through the events of it. */
  #lostBy: StateChange | undefined;
  #loss: Loss | undefined;

  /**
   * @param settings asked for when the run begins, a little later than now
   * @param previous the run before: this one begins when that has settled
   */
  constructor(settings: () => RunSettings, listener: RunListener, previous: Promise<void>) {
    this.#listener = listener;
    this.ended = this.#run(settings, previous);
  }

  /** It is to end, or has. */
  get over(): boolean {
    return this.#over;
  }

  get connected(): boolean {
    return !this.#over && OPEN.includes(this.#feed?.states[0] ?? 'disconnected');
  }

  /** Its feed, once it has begun and until it is over. */
  get feed(): KiteFeed | undefined {
    return this.#over ? undefined : this.#feed;
  }

  /** Ends it; nothing more is delivered. */
  stop(): void {
    this.#stopped = true;
    this.#reader?.close();
    this.#end();
  }

  #end(): void {
    this.#over = true;
    this.#finish();
  }

  async #run(settings: () => RunSettings, previous: Promise<void>): Promise<void> {
    await previous;
    try {
      if (!this.#over) await this.#live(settings());
    } catch (cause) {
      const error =
        cause instanceof TickringError ? cause : new ConnectionError('the feed did not start', { cause });
      this.#loss = { error, wasOpen: false };
    }
    this.#over = true;
    this.#listener.ended(this.#stopped ? undefined : this.#loss);
  }

  async #live({ apiKey, accessToken, url, maxDelay, wanted }: RunSettings): Promise<void> {
    const feed = new KiteFeed({
      apiKey,
      accessToken,
      url,
      connections: 1,
      latest: false,
      // How many is for the ticker to say, which may change its mind.
      reconnect: { initialDelay: FIRST_DELAY, maxDelay, maxAttempts: Number.POSITIVE_INFINITY },
    });
    this.#feed = feed;
    feed.onFrame = (bytes) => {
      if (!this.#stopped) this.#listener.frame(bytes);
    };
    feed.on('state', (change) => this.#stateChanged(change));
    feed.on('error', (error) => this.#failed(error));
    feed.on('retry', ({ attempt, delay }) => this.#retrying(attempt, delay));
    feed.on('order', (order) => {
      if (!this.#stopped) this.#listener.order(order);
    });
    for (const mode of MODES) {
      feed.subscribe(
        [...wanted.keys()].filter((token) => wanted.get(token) === mode),
        mode,
      );
    }
    // Gating: nothing is lost to a slow listener; the socket waits for it, as with the official client.
    const reader = feed.reader({ kind: 'gating' });
    this.#reader = reader;
    const delivered = this.#deliver(reader);
    try {
      await Promise.race([feed.start().then(() => this.#finished), this.#finished]);
    } finally {
      await feed.close();
      await delivered;
    }
  }

  async #deliver(reader: TickReader): Promise<void> {
    for await (const batch of reader) {
      for (const ticks of frameTicks(batch)) {
        if (this.#stopped) return;
        this.#listener.ticks(ticks);
      }
    }
  }

  #stateChanged(change: StateChange): void {
    if (this.#over) return;
    if (change.to === 'subscribing') this.#listener.opened();
    if (change.to === 'degraded' || change.to === 'closed') this.#lostBy = change;
  }

  /** Of a loss, the feed tells the state first, then the error, then whether it tries again. */
  #failed(error: TickringError): void {
    if (this.#over) return;
    const change = this.#lostBy;
    this.#lostBy = undefined;
    if (!change) {
      this.#listener.failed(error);
      return;
    }
    this.#loss = { error, wasOpen: OPEN.includes(change.from) };
    if (change.to === 'closed') this.#end();
  }

  #retrying(attempt: number, delay: number): void {
    if (this.#over) return;
    if (this.#listener.mayRetry(attempt)) this.#listener.retrying(this.#loss!, attempt, delay);
    else this.#end();
  }
}

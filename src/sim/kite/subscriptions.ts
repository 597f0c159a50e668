import { FULL_BYTES } from '../../kite/packet-layout.ts';
import type { Audit, AuditLine } from './audit.ts';
import type { KiteMarket } from './market.ts';
import type { KiteMode } from './packet-writer.ts';

/** An instrument that a connection streams. */
export interface Subscription {
  readonly token: number;
  /** The market's slot; -1 when the token can never tick. */
  readonly slot: number;
  mode: KiteMode;
  /** The market's own bytes, cut to what `mode` streams: they change with every tick. */
  packet: Uint8Array;
  /** So many subscriptions, from this one on, lie next to each other in the market: full packets, sent in one go. */
  run: number;
  /** A snapshot of it is still to be sent. */
  snapshotDue: boolean;
  readonly audit: AuditLine | undefined;
}

const NO_BYTES = new Uint8Array(0);

/** What one connection has subscribed to, and whose turn it is. */
export class Subscriptions {
  readonly #connection: number;
  readonly #market: KiteMarket;
  readonly #limit: number;
  readonly #audit: Audit | undefined;
  readonly #byToken = new Map<number, Subscription>();
  #streaming: Subscription[] = [];
  #next = 0;
  #snapshots: Subscription[] = [];

  constructor(connection: number, market: KiteMarket, limit: number, audit: Audit | undefined) {
    this.#connection = connection;
    this.#market = market;
    this.#limit = limit;
    this.#audit = audit;
  }

  /** Instruments subscribed to. */
  get size(): number {
    return this.#byToken.size;
  }

  /** Of these, those that tick. */
  get streaming(): number {
    return this.#streaming.length;
  }

  /** A copy: instrument token → mode. */
  modes(): Map<number, KiteMode> {
    return new Map([...this.#byToken.values()].map(({ token, mode }) => [token, mode]));
  }

  /** A fresh subscription streams in quote mode. Returns how many tokens were over the limit and left out. */
  subscribe(tokens: readonly number[]): number {
    const refused = new Set<number>();
    for (const token of tokens) {
      if (this.#byToken.has(token)) continue;
      if (this.#byToken.size >= this.#limit) {
        refused.add(token);
        continue;
      }
      const slot = this.#market.slotOf(token);
      const audit = slot < 0 ? undefined : this.#audit?.line(this.#connection, token);
      const packet = slot < 0 ? NO_BYTES : this.#market.packet(slot, 'quote');
      const subscription: Subscription = {
        token,
        slot,
        mode: 'quote',
        packet,
        run: 1,
        snapshotDue: false,
        audit,
      };
      this.#byToken.set(token, subscription);
      if (slot < 0) continue;
      this.#streaming.push(subscription);
      this.#wantSnapshot(subscription);
    }
    this.#findRuns();
    return refused.size;
  }

  unsubscribe(tokens: readonly number[]): void {
    for (const token of tokens) this.#byToken.delete(token);
    const stays = (subscription: Subscription) => this.#byToken.get(subscription.token) === subscription;
    this.#streaming = this.#streaming.filter(stays);
    this.#snapshots = this.#snapshots.filter(stays);
    if (this.#next >= this.#streaming.length) this.#next = 0;
    this.#findRuns();
  }

  /** Tokens that are not subscribed to are passed over: the documentation gives them no meaning. */
  setMode(mode: KiteMode, tokens: readonly number[]): void {
    for (const token of tokens) {
      const subscription = this.#byToken.get(token);
      if (subscription === undefined || subscription.mode === mode) continue;
      subscription.mode = mode;
      if (subscription.slot < 0) continue;
      subscription.packet = this.#market.packet(subscription.slot, mode);
      this.#wantSnapshot(subscription);
    }
    this.#findRuns();
  }

  /** The next to tick, in turn. Only when `streaming` is not 0. */
  peek(): Subscription {
    return this.#streaming[this.#next]!;
  }

  /** Passes over `count` subscriptions, no more than the `run` of the one that `peek` gave. */
  advance(count: number): void {
    this.#next += count;
    if (this.#next === this.#streaming.length) this.#next = 0;
  }

  get snapshotsDue(): number {
    return this.#snapshots.length;
  }

  /** Takes up to `count` of those that wait for a snapshot, oldest first. */
  takeSnapshots(count: number): Subscription[] {
    const taken = this.#snapshots.splice(0, count);
    for (const subscription of taken) subscription.snapshotDue = false;
    return taken;
  }

  /** Forgets the snapshots that nobody will receive. */
  dropSnapshots(): void {
    this.takeSnapshots(this.#snapshots.length);
  }

  /** An audit looks at each packet by itself, so with one there are no runs. */
  #findRuns(): void {
    if (this.#audit !== undefined) return;
    let after: Subscription | undefined;
    for (let i = this.#streaming.length - 1; i >= 0; i--) {
      const subscription = this.#streaming[i]!;
      const joins =
        subscription.packet.length === FULL_BYTES &&
        after?.packet.length === FULL_BYTES &&
        after.slot === subscription.slot + 1;
      subscription.run = joins ? after!.run + 1 : 1;
      after = subscription;
    }
  }

  #wantSnapshot(subscription: Subscription): void {
    if (subscription.snapshotDue) return;
    subscription.snapshotDue = true;
    this.#snapshots.push(subscription);
  }
}

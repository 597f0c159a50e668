import { ArgumentError } from '../../errors.ts';
import type { MessageType } from './channels.ts';
import { instrumentSnapshot } from './instrument-channel.ts';
import type { Message } from './messages.ts';
import { type PlayedMessage, type RecordedSession, readSession } from './recorded-session.ts';
import type { SubscriptionRequest } from './request.ts';
import type { Session } from './session.ts';
import type { Source } from './source.ts';
import { type Subscription, subscriptionKey } from './subscription.ts';

/** How far a connection is in what was recorded of one channel and symbol. */
interface Cursor {
  readonly subscription: Subscription;
  readonly messages: readonly PlayedMessage[];
  next: number;
}

/**
 * A recorded session, played to whoever subscribes: each connection from the beginning and at its own pace, in the order
 * of the recording. Whoever unsubscribes and subscribes again goes on with the next snapshot, or with the first when there
 * is none left.
 */
export class ReplaySource implements Source {
  readonly symbols: readonly string[];
  readonly #session: RecordedSession;
  readonly #cursors = new Map<Session, Map<string, Cursor>>();
  /** Where subscriptions that have ended were. */
  readonly #left = new WeakMap<Session, Map<string, number>>();

  /** @throws ArgumentError when there is nothing to play. */
  constructor(frames: readonly string[]) {
    this.#session = readSession(frames);
    if (this.#session.messages.size === 0)
      throw new ArgumentError('there is no market data in this recording');
    this.symbols = this.#session.instruments.map(({ symbol }) => symbol);
  }

  has(symbol: string): boolean {
    return this.symbols.includes(symbol);
  }

  refusal({ channel, variant }: SubscriptionRequest, symbol: string | undefined): string | undefined {
    const key = subscriptionKey(channel, symbol);
    if (channel === 'instrument') return undefined;
    if (!this.#session.messages.has(key)) {
      return symbol === undefined ? 'Subscription name invalid' : `Currency pair not supported ${symbol}`;
    }
    const recorded = this.#session.depths.get(key);
    if (channel !== 'book' || recorded === undefined || recorded === variant) return undefined;
    // Updates of another depth do not keep a book of this one.
    return 'Subscription depth not supported';
  }

  add(subscription: Subscription): void {
    const { session, key, request } = subscription;
    const messages = this.#session.messages.get(key) ?? [];
    const left = this.#left.get(session)?.get(key) ?? 0;
    const next = find(messages, request.snapshot ? 'snapshot' : 'update', left) ?? left;
    let cursors = this.#cursors.get(session);
    if (cursors === undefined) {
      cursors = new Map();
      this.#cursors.set(session, cursors);
    }
    cursors.set(key, { subscription, messages, next });
  }

  remove({ session, key }: Subscription): void {
    const cursors = this.#cursors.get(session);
    const cursor = cursors?.get(key);
    if (cursors === undefined || cursor === undefined) return;
    const left = this.#left.get(session) ?? new Map<string, number>();
    this.#left.set(session, left.set(key, cursor.next));
    cursors.delete(key);
    if (cursors.size === 0) this.#cursors.delete(session);
  }

  snapshot({ session, key, channel }: Subscription): Message | undefined {
    const cursor = this.#cursors.get(session)?.get(key);
    if (cursor?.messages[cursor.next]?.type === 'snapshot') return cursor.messages[cursor.next++];
    if (channel !== 'instrument' || this.#session.messages.has('instrument')) return undefined;
    const { instruments } = this.#session;
    return instrumentSnapshot(
      instruments.map((instrument) => ({ instrument, status: 'online' })),
      true,
    );
  }

  step(count: number, symbol: string | undefined): number {
    let played = 0;
    for (let i = 0; i < count; i++) {
      const before = played;
      for (const cursors of this.#cursors.values()) if (play(cursors, symbol)) played++;
      if (played === before) break;
    }
    return played;
  }

  /** A recording has accounts, too, but they are played with the rest. */
  stepAccounts(): number {
    return 0;
  }

  setStatus(): void {
    throw new ArgumentError('a replay says of instruments what was recorded');
  }
}

/** Plays the message that was recorded first of those that are due. False when there is none. */
function play(cursors: ReadonlyMap<string, Cursor>, symbol: string | undefined): boolean {
  let first: Cursor | undefined;
  for (const cursor of cursors.values()) {
    const { subscription, messages, next } = cursor;
    if (!subscription.isLive || (symbol !== undefined && subscription.symbol !== symbol)) continue;
    const message = messages[next];
    if (message === undefined) continue;
    const soFar = first?.messages[first.next];
    if (soFar === undefined || message.place < soFar.place) first = cursor;
  }
  if (first === undefined) return false;
  const { subscription, messages } = first;
  subscription.session.deliver(subscription, messages[first.next++]!);
  return true;
}

/** The first message of this type from here on; failing that, from the beginning on. */
function find(messages: readonly PlayedMessage[], type: MessageType, from: number): number | undefined {
  for (const start of [from, 0]) {
    const index = messages.findIndex((message, i) => i >= start && message.type === type);
    if (index >= 0) return index;
  }
  return undefined;
}

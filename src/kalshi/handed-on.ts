import type { HandedOnText } from '../../workers/lane.ts';
import { TokenBucket } from '../feed/token-bucket.ts';
import type { Answer } from './commands.ts';
import { isKnownType, MESSAGE_FIELDS, type MessageHead } from './event-messages.ts';
import type { KalshiControlEvents, KalshiOrigin } from './events.ts';
import { readFields } from './fields.ts';
import { type KalshiMessage, parseMessage, tickerOf } from './messages.ts';

/** What becomes of handed-on texts. */
export interface HandedOnListener {
  event<Name extends keyof KalshiControlEvents>(name: Name, ...values: KalshiControlEvents[Name]): void;
  /** Strips secrets from what is going to be shown. */
  redact(text: string): string;
  /** The answer to a command. False when nobody waits for it. */
  answered(connection: number, answer: Answer): boolean;
  /** An error that answers nothing: about a subscription, or the connection. */
  failed(connection: number, error: Extract<KalshiMessage, { type: 'error' }>): void;
  /** Messages are missing before this one, or its book could not take it. */
  broken(connection: number, broken: BrokenText): void;
}

/** A message by which something was found to be wrong. */
export interface BrokenText {
  readonly reason: HandedOnText['reason'];
  readonly sid: number | undefined;
  readonly seq: number | undefined;
  /** Of a message of a book: its market. */
  readonly market: string | undefined;
}

/** Types that the decoder takes: they are here because something is wrong with them, or because they answer a command. */
const DECODED: ReadonlySet<string> = new Set(['orderbook_snapshot', 'orderbook_delta', 'ticker', 'trade']);
const OF_BOOKS: ReadonlySet<string> = new Set(['orderbook_snapshot', 'orderbook_delta']);

/** Frames a second of which something is wrong, and that are told one by one: with tables too small it may be all of them. */
const MOST_TOLD = 100;

/** Understands what decoders leave to the feed's thread: answers, account data, life of markets; and what went wrong. */
export class HandedOnTexts {
  readonly #listener: HandedOnListener;
  /** By connection: the last frame. A decoder that died of another cause may hand it on a second time through its successor. */
  readonly #last = new Map<number, number>();
  readonly #told = new TokenBucket(MOST_TOLD, MOST_TOLD);
  /** Texts that are no JSON or were not understood, or not as a whole. */
  malformed = 0;
  /** Answers that belong to no command, and what came on connections that are gone. */
  unmatched = 0;
  stale = 0;

  constructor(listener: HandedOnListener) {
    this.#listener = listener;
  }

  /** @param current whether the connection that it came on is still the one that is open */
  take(handedOn: HandedOnText, current: boolean): void {
    const { connection, frame, bytes, reason } = handedOn;
    if (this.#last.get(connection) === frame) return;
    this.#last.set(connection, frame);
    // Too many to look at each: whether books are right shows in the books themselves.
    if (reason !== 'control' && reason !== 'gap' && this.#told.delay() > 0) {
      this.malformed += 1;
      return;
    }
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
    const message = parseMessage(text);
    const data = message.type === 'data' ? message : undefined;
    if (current && (reason === 'gap' || (data && OF_BOOKS.has(data.name) && reason !== 'control'))) {
      const market = data && OF_BOOKS.has(data.name) ? tickerOf(data.msg) : undefined;
      this.#listener.broken(connection, { reason, sid: message.sid, seq: message.seq, market });
    }
    switch (message.type) {
      case 'data':
        this.#data(message, handedOn, text, current);
        break;
      case 'text':
      case 'unknown':
        this.#unknown(text, handedOn);
        break;
      default:
        if (current) this.#control(message, connection);
        else this.#stale(message, connection);
    }
  }

  /** What it answered, is gone with its connection; but the last words of a service may say why it closed that. */
  #stale(answer: Exclude<Answer, { type: 'data' }>, connection: number): void {
    this.stale += 1;
    if (answer.type === 'error') this.#listener.failed(connection, { ...answer, sid: undefined });
  }

  #control(answer: Exclude<Answer, { type: 'data' }>, connection: number): void {
    if (this.#listener.answered(connection, answer)) return;
    if (answer.type === 'error') this.#listener.failed(connection, answer);
    // Without an id it answers nothing: it is one of our own, put in for the decoder.
    else if (answer.type !== 'ok' || answer.id !== undefined) this.unmatched += 1;
  }

  #data(
    data: Extract<KalshiMessage, { type: 'data' }>,
    { connection, receivedAt, reason }: HandedOnText,
    text: string,
    current: boolean,
  ): void {
    const { name, msg, sid, seq, sentAt } = data;
    if (current && data.id !== undefined) this.#listener.answered(connection, data);
    if (DECODED.has(name)) {
      if (reason !== 'control' && reason !== 'gap') this.#unknown(text, { reason, connection });
      return;
    }
    const head: MessageHead = { type: name, connection, sid, seq, sentAt, receivedAt, raw: msg };
    if (!isKnownType(name)) {
      const shown = this.#listener.redact(text);
      const again = parseMessage(shown);
      this.#listener.event('message', { ...head, raw: again.type === 'data' ? again.msg : {}, text: shown });
      return;
    }
    const message = { ...head, ...readFields(MESSAGE_FIELDS[name], msg) };
    this.#listener.event(name, ...([message] as unknown as KalshiControlEvents[typeof name]));
  }

  #unknown(text: string, { reason, connection }: Pick<HandedOnText, 'reason' | 'connection'>): void {
    this.malformed += 1;
    if (this.#told.delay() > 0) return;
    this.#told.take();
    const origin: KalshiOrigin = { connection };
    this.#listener.event('unknown', { reason, text: this.#listener.redact(text) }, origin);
  }
}

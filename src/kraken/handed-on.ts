import type { HandedOnText } from '../../workers/lane.ts';
import { ServiceError } from '../errors.ts';
import { TokenBucket } from '../feed/token-bucket.ts';
import type { KrakenControlEvents, KrakenOrigin } from './events.ts';
import { type KrakenMessage, parseMessage } from './messages.ts';
import type { BalanceEntry, ExecutionReport } from './private-events.ts';
import { Sequences } from './sequences.ts';

/** What becomes of handed-on texts. */
export interface HandedOnListener {
  event<Name extends keyof KrakenControlEvents>(name: Name, ...values: KrakenControlEvents[Name]): void;
  /** Whether somebody listens. */
  wants(name: keyof KrakenControlEvents): boolean;
  /** Strips secrets from what is going to be shown. */
  redact(text: string): string;
  acknowledged(connection: number, message: Extract<KrakenMessage, { type: 'acknowledged' }>): void;
  refused(connection: number, message: Extract<KrakenMessage, { type: 'refused' }>): void;
  /** The trading engine's state. */
  system(state: string): void;
  /** A message of this book was handed on: its check may have failed. */
  suspectBook(connection: number, symbol: string): void;
  /** A private channel's numbers do not follow each other: it has to be subscribed to anew. */
  broken(connection: number, channel: 'executions' | 'balances'): void;
}

/** Frames a second of which something is wrong, and that are told one by one: with tables too small it may be all of them. */
const MOST_TOLD = 100;

/** A snapshot of all instruments is a megabyte: whether this is one is seen before it is parsed. */
const INSTRUMENT = Buffer.from('"instrument"');

/**
 * Understands what decoders leave to the feed's thread: acknowledgements, refusals, status, private channels; frames of
 * books that failed; and whatever is not understood.
 */
export class HandedOnTexts {
  readonly #listener: HandedOnListener;
  readonly #sequences = new Map<number, Sequences>();
  /** By connection: the last frame. A decoder that died of another cause may hand it on a second time through its successor. */
  readonly #last = new Map<number, number>();
  readonly #told = new TokenBucket(MOST_TOLD, MOST_TOLD);
  /** Texts that are no JSON or were not understood, or not as a whole. */
  malformed = 0;
  /** Answers on connections that are gone. */
  stale = 0;

  constructor(listener: HandedOnListener) {
    this.#listener = listener;
  }

  /** The connection was opened anew. */
  opened(connection: number): void {
    this.#sequencesOf(connection).restartAll();
  }

  /** @param current whether the connection that it came on is still the one that is open */
  take(handedOn: HandedOnText, origin: KrakenOrigin, current: boolean): void {
    const { connection, frame, bytes, reason } = handedOn;
    if (this.#last.get(connection) === frame) return;
    this.#last.set(connection, frame);
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (reason === 'control') {
      if (isLargeInstrument(buffer) && !this.#listener.wants('instrument')) return;
    } else if (this.#told.delay() > 0) {
      this.malformed += 1;
      return;
    } else this.#told.take();
    const text = buffer.toString();
    const message = parseMessage(text);
    if (message.type === 'data') this.#data(message, text, handedOn, origin);
    else if (message.type === 'text') {
      this.malformed += 1;
      this.#listener.event('message', this.#listener.redact(text), origin);
    } else if (message.type === 'unknown') this.#unknown(text, handedOn, origin);
    else if (current) this.#control(message, origin);
    else this.#stale(message, origin);
  }

  /** What it answered, is gone with its connection; but the last words of a service may say why it closed that. */
  #stale(message: KrakenMessage, origin: KrakenOrigin): void {
    this.stale += 1;
    if (message.type === 'refused')
      this.#listener.event('error', new ServiceError(this.#listener.redact(message.words)), origin);
  }

  #control(
    message: Exclude<KrakenMessage, { type: 'data' | 'text' | 'unknown' }>,
    origin: KrakenOrigin,
  ): void {
    const { connection } = origin;
    switch (message.type) {
      case 'acknowledged': {
        const { channel, symbol, warnings } = message.result;
        if (message.method === 'subscribe') this.#sequencesOf(connection).restart(channel);
        this.#listener.acknowledged(connection, message);
        if (warnings.length > 0) this.#listener.event('warning', { ...origin, channel, symbol, warnings });
        break;
      }
      case 'refused':
        this.#listener.refused(connection, message);
        break;
      case 'status':
        this.#listener.system(message.status.system);
        this.#listener.event('status', message.status, origin);
        break;
      case 'pong':
        // That it came is what it is for.
        break;
    }
  }

  #data(
    message: Extract<KrakenMessage, { type: 'data' }>,
    text: string,
    handedOn: HandedOnText,
    origin: KrakenOrigin,
  ): void {
    const { channel, snapshot, rows, sequence } = message;
    const { receivedAt, connection, reason } = handedOn;
    const common = { snapshot, sequence, receivedAt, connection, text };
    switch (channel) {
      case 'executions': {
        const reports = rows as readonly ExecutionReport[];
        const event = { ...common, reports };
        this.#listener.event('executions', event);
        for (const report of reports) this.#listener.event('execution', report, event);
        this.#sequenced(channel, message, origin);
        break;
      }
      case 'balances': {
        const entries = rows as unknown as readonly BalanceEntry[];
        const event = { ...common, entries };
        this.#listener.event('balances', event);
        for (const entry of entries) this.#listener.event('balance', entry, event);
        this.#sequenced(channel, message, origin);
        break;
      }
      case 'instrument': {
        const [data] = rows;
        this.#listener.event(
          'instrument',
          { snapshot, pairs: listOf(data?.pairs), assets: listOf(data?.assets) },
          origin,
        );
        if (reason !== 'control') this.#unknown(text, handedOn, origin);
        break;
      }
      case 'book': {
        const symbol = rows[0]?.symbol;
        if (typeof symbol === 'string') this.#listener.suspectBook(connection, symbol);
        if (reason !== 'control') this.#unknown(text, handedOn, origin);
        break;
      }
      default:
        this.#unknown(text, handedOn, origin);
    }
  }

  #sequenced(
    channel: 'executions' | 'balances',
    { snapshot, sequence }: Extract<KrakenMessage, { type: 'data' }>,
    { connection }: KrakenOrigin,
  ): void {
    const gap = this.#sequencesOf(connection).check(channel, snapshot, sequence);
    if (!gap) return;
    this.#listener.event('gap', { ...gap, reason: 'sequence', channel, connection });
    this.#listener.broken(connection, channel);
  }

  #unknown(text: string, { reason }: HandedOnText, origin: KrakenOrigin): void {
    this.malformed += 1;
    this.#listener.event('unknown', { reason, text: this.#listener.redact(text) }, origin);
  }

  #sequencesOf(connection: number): Sequences {
    let sequences = this.#sequences.get(connection);
    if (!sequences) {
      sequences = new Sequences();
      this.#sequences.set(connection, sequences);
    }
    return sequences;
  }
}

/** Acknowledgements of the channel are short. */
function isLargeInstrument(text: Buffer): boolean {
  return text.length > 4096 && text.subarray(0, 128).includes(INSTRUMENT);
}

function listOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value : [];
}

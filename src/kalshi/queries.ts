import { ArgumentError, ConnectionError } from '../errors.ts';
import type { SubscribeResult } from './acknowledgements.ts';
import { CHANNEL_RULES, type Channel, texts } from './channels.ts';
import type { Answer, Commands, Outcome } from './commands.ts';
import type { KalshiOrigin } from './events.ts';
import { type RemoteSubscription, tickerOf } from './messages.ts';
import { KalshiServiceError } from './service-error.ts';
import type { Stream } from './stream.ts';
import type { KalshiSubscriptions } from './subscriptions.ts';

export interface QueriesOptions {
  readonly commands: Commands;
  readonly subscriptions: KalshiSubscriptions;
  /** Markets of one command. */
  readonly perCommand: number;
  /** Strips secrets from what is going to be shown. */
  readonly redact: (text: string) => string;
}

/** Who looks at the books, and at what became of asking for them. */
export interface SnapshotListener {
  /** A market's snapshot has been applied, or has been found to be of no use. */
  came(market: string): void;
  /** The service answered with an error. */
  refused(): void;
}

/** Asks the service for what it knows, without changing what is subscribed. */
export class Queries {
  readonly #options: QueriesOptions;

  constructor(options: QueriesOptions) {
    this.#options = options;
  }

  /** @throws ConnectionError, KalshiServiceError (reject) */
  list(connection: number): Promise<(RemoteSubscription & KalshiOrigin)[]> {
    return new Promise((resolve, reject) => {
      this.#options.commands.send(connection, 'list_subscriptions', undefined, (outcome) => {
        if (outcome.type !== 'answered') reject(lostError(outcome));
        else if (outcome.answer.type === 'error') reject(this.#error(outcome.answer, undefined));
        else if (outcome.answer.type !== 'list') resolve([]);
        else resolve(outcome.answer.subscriptions.map((each) => ({ ...each, connection })));
      });
    });
  }

  /**
   * All indices or underlyings that a channel may be about.
   *
   * @throws ArgumentError for a channel of markets; ConnectionError, KalshiServiceError (reject)
   */
  references(channel: Channel): Promise<string[]> {
    const { listAll: action, list } = CHANNEL_RULES[channel];
    if (action === undefined) throw new ArgumentError(`${channel} has no list of what it may be about`);
    const stream = this.#options.subscriptions.of(channel).find(({ sid }) => sid !== undefined);
    return new Promise((resolve, reject) => {
      if (!stream) throw new ConnectionError(`the service does not hold a subscription to ${channel}`);
      const params = { sid: stream.sid!, action };
      this.#options.commands.send(stream.place.connection, 'update_subscription', params, (outcome) => {
        if (outcome.type !== 'answered') reject(lostError(outcome));
        else if (outcome.answer.type === 'error') reject(this.#error(outcome.answer, stream));
        else {
          const names = outcome.answer.type === 'data' ? outcome.answer.msg[list] : undefined;
          resolve(Array.isArray(names) ? names.map(String) : []);
        }
      });
    });
  }

  /**
   * Has the service send the books of these markets anew; resolves when it has, or when it has not in time.
   *
   * @throws ArgumentError for markets whose books are not subscribed; ConnectionError, KalshiServiceError (reject)
   */
  async snapshots(given: readonly string[]): Promise<SubscribeResult> {
    const markets = texts('markets', given);
    const streams = this.#options.subscriptions.of('orderbook_delta');
    const known = new Set(streams.flatMap(({ wanted }) => [...wanted.keys()]));
    const unknown = markets.filter((market) => !known.has(market));
    if (unknown.length > 0) throw new ArgumentError(`the books of ${unknown.join(', ')} are not subscribed`);
    const results = streams.flatMap((stream) => {
      const mine = markets.filter((market) => stream.wanted.has(market));
      return this.#chunks(mine).map((chunk) => this.#snapshotsOf(stream, chunk));
    });
    const came = new Set((await Promise.all(results)).flatMap((each) => [...each]));
    return {
      channel: 'orderbook_delta',
      confirmed: markets.filter((market) => came.has(market)),
      missing: markets.filter((market) => !came.has(market)),
    };
  }

  /**
   * The same for who looks at the books themselves.
   *
   * @returns false when the service does not hold the subscription
   */
  askSnapshots({ place, sid }: Stream, markets: readonly string[], listener: SnapshotListener): boolean {
    if (sid === undefined) return false;
    for (const chunk of this.#chunks(markets)) {
      this.#send(place.connection, sid, chunk, (outcome) => {
        if (outcome.type !== 'answered') return;
        const { answer } = outcome;
        const market = answer.type === 'data' ? tickerOf(answer.msg) : undefined;
        if (market !== undefined) listener.came(market);
        else if (answer.type === 'error') listener.refused();
      });
    }
    return true;
  }

  #snapshotsOf(stream: Stream, markets: readonly string[]): Promise<ReadonlySet<string>> {
    const { place, sid } = stream;
    return new Promise((resolve, reject) => {
      if (sid === undefined) {
        reject(
          new ConnectionError(`the service does not hold the books of ${markets.join(', ')} at the moment`),
        );
        return;
      }
      const came = new Set<string>();
      const id = this.#send(place.connection, sid, markets, (outcome) => {
        if (outcome.type === 'unanswered') resolve(came);
        else if (outcome.type === 'lost') reject(lostError(outcome));
        else if (outcome.answer.type === 'error') reject(this.#error(outcome.answer, stream));
        else {
          const ticker = outcome.answer.type === 'data' ? tickerOf(outcome.answer.msg) : undefined;
          if (ticker !== undefined) came.add(ticker);
          if (came.size < markets.length) return;
          this.#options.commands.end(id);
          resolve(came);
        }
      });
    });
  }

  #send(
    connection: number,
    sid: number,
    markets: readonly string[],
    settle: (outcome: Outcome) => void,
  ): number {
    const params = { sid, action: 'get_snapshot', market_tickers: markets };
    return this.#options.commands.send(connection, 'update_subscription', params, settle, true);
  }

  #chunks(markets: readonly string[]): string[][] {
    const { perCommand } = this.#options;
    const chunks: string[][] = [];
    for (let from = 0; from < markets.length; from += perCommand)
      chunks.push(markets.slice(from, from + perCommand));
    return chunks;
  }

  #error(
    { number, words }: Extract<Answer, { type: 'error' }>,
    stream: Stream | undefined,
  ): KalshiServiceError {
    const about = stream && { channel: stream.channel, sid: stream.sid };
    return new KalshiServiceError(this.#options.redact(words), { number, ...about });
  }
}

function lostError({ type }: Outcome): ConnectionError {
  return new ConnectionError(
    type === 'unanswered'
      ? 'the service did not answer in time'
      : 'the connection was lost before the service answered',
  );
}

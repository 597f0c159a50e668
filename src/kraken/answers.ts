import { ServiceError } from '../errors.ts';
import type { TokenSource } from './auth.ts';
import { type StreamSpec, type SubscribeRequest, specsOf } from './channels.ts';
import type { EngineCounts } from './engine-counts.ts';
import type { Acknowledgement, KrakenMessage } from './messages.ts';
import { refusalOf } from './protocol.ts';
import type { PendingRequest, Requests } from './requests.ts';
import type { KrakenSubscriptions } from './subscriptions.ts';

export interface AnswersOptions {
  readonly requests: Requests;
  readonly subscriptions: KrakenSubscriptions;
  readonly counts: EngineCounts;
  readonly tokens: TokenSource | undefined;
  /** How long a request may go unanswered, ms, and how often it is asked. */
  readonly ackTimeout: number;
  readonly ackAttempts: number;
  readonly redact: (text: string) => string;
  /** The service says that this connection asks too fast. */
  readonly onTooFast: (connection: number) => void;
  readonly onError: (connection: number, error: ServiceError) => void;
}

/** Ties answers, and missing ones, to what was asked, and has subscriptions draw the conclusions. */
export class Answers {
  readonly #options: AnswersOptions;

  constructor(options: AnswersOptions) {
    this.#options = options;
  }

  acknowledged(connection: number, message: Extract<KrakenMessage, { type: 'acknowledged' }>): void {
    const { requests, subscriptions, counts } = this.#options;
    const { method, id, result } = message;
    const answered = requests.answered(connection, { ...result, id, method });
    if (!answered || answered.specs.length === 0) counts.unmatched += 1;
    // A late one is still true.
    const specs = answered?.specs ?? specsOfAnswer(result);
    for (const spec of specs) subscriptions.acknowledged(connection, method, spec);
  }

  refused(connection: number, message: Extract<KrakenMessage, { type: 'refused' }>): void {
    const { requests, subscriptions, counts, tokens, ackAttempts } = this.#options;
    const words = this.#options.redact(message.words);
    const kind = refusalOf(words);
    const answered = requests.answered(connection, message);
    if (kind === 'rate') {
      counts.rateLimited += 1;
      this.#options.onTooFast(connection);
    }
    if (!answered) counts.unmatched += 1;
    if (!answered || kind === 'rate') this.#options.onError(connection, new ServiceError(words));
    if (!answered) return;
    const { method, token } = answered.request;
    if (kind === 'token' && token !== undefined) tokens?.refuse(token);
    for (const spec of answered.specs) {
      if (kind === 'duplicate') subscriptions.acknowledged(connection, method, spec);
      else if (kind === 'final') subscriptions.refused(connection, method, spec, words);
      else subscriptions.again(connection, method, spec, kind === 'rate' ? undefined : ackAttempts, words);
    }
  }

  unanswered({ connection, method, specs }: PendingRequest): void {
    const { subscriptions, counts, ackTimeout, ackAttempts } = this.#options;
    counts.unanswered += 1;
    const reason = `the service did not answer within ${ackTimeout} ms, ${ackAttempts} times`;
    for (const spec of specs.values()) subscriptions.again(connection, method, spec, ackAttempts, reason);
  }
}

/** What an answer is about, as it says itself. */
function specsOfAnswer({ channel, symbol, depth, interval, eventTrigger }: Acknowledgement): StreamSpec[] {
  const named = {
    channel,
    symbols: symbol === undefined ? [] : [symbol],
    ...(depth !== undefined && { depth }),
    ...(interval !== undefined && { interval }),
    ...(eventTrigger !== undefined && { eventTrigger }),
  };
  try {
    return specsOf(named as SubscribeRequest);
  } catch {
    // Of a channel that this version does not know, and did not ask for.
    return [];
  }
}

import type { ExchangeClock } from '../exchange-clock.ts';
import { ackText, pongText, refusalTexts } from './acks.ts';
import type { Handled } from './handled.ts';
import { parseRequest, RequestError, type SubscriptionRequest } from './request.ts';
import type { Session } from './session.ts';
import type { Source } from './source.ts';
import { Subscription, subscriptionKey } from './subscription.ts';
import type { Tokens } from './tokens.ts';

/** Symbols that a level3 connection may subscribe to. */
const LEVEL3_SYMBOLS = 200;
/** What a level3 subscription costs, by its depth. */
const LEVEL3_COSTS: ReadonlyMap<unknown, number> = new Map([
  [10, 5],
  [100, 25],
  [1000, 100],
]);
const TOO_MANY = 'Exceeded msg rate';

/** Serves requests: checks them, answers, and begins and ends subscriptions. */
export class Desk {
  readonly #source: Source;
  readonly #tokens: Tokens;
  readonly #clock: ExchangeClock;
  readonly #onEnd: (subscription: Subscription) => void;

  /** @param onEnd a subscription has ended */
  constructor(
    source: Source,
    tokens: Tokens,
    clock: ExchangeClock,
    onEnd: (subscription: Subscription) => void,
  ) {
    this.#source = source;
    this.#tokens = tokens;
    this.#clock = clock;
    this.#onEnd = onEnd;
  }

  /** Serves one message of a client. */
  receive(session: Session, text: string): Handled {
    try {
      const request = parseRequest(text, session.endpoint);
      const { method, reqId } = request;
      if (this.#isTooMany(session)) throw new RequestError(TOO_MANY, { method, reqId });
      if (request.method === 'ping') {
        session.reply(pongText(reqId, this.#clock.now()));
        return { method, channel: undefined, symbols: [], refused: 0 };
      }
      const { channel } = request;
      const apiKey = this.#authenticate(request);
      const symbols = request.symbols.filter((symbol) => symbol !== undefined);
      const refused =
        method === 'subscribe'
          ? this.#subscribe(session, request, apiKey)
          : this.#unsubscribe(session, request);
      return { method, channel, symbols, refused };
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      this.#refuse(session, error);
      const { method = 'error', channel, symbols = [] } = error.addressee;
      return { method, channel, symbols, refused: Math.max(1, symbols.length) };
    }
  }

  /** Ends all subscriptions of a connection that is gone. */
  leave(session: Session): void {
    for (const subscription of session.subscriptions.values()) this.#end(subscription);
    session.subscriptions.clear();
  }

  #subscribe(session: Session, request: SubscriptionRequest, apiKey: string | undefined): number {
    const granted: Subscription[] = [];
    for (const symbol of request.symbols) {
      const refusal = this.#refusal(session, request, symbol);
      if (refusal !== undefined) {
        this.#refuse(session, refusalFor(request, symbol, refusal));
        continue;
      }
      const subscription = new Subscription(session, request, symbol, apiKey);
      session.subscriptions.set(subscription.key, subscription);
      this.#tokens.use(request.token, 1);
      this.#source.add(subscription);
      session.reply(ackText(request, symbol, this.#clock.now()));
      granted.push(subscription);
    }
    for (const subscription of granted) session.start(subscription);
    return request.symbols.length - granted.length;
  }

  #unsubscribe(session: Session, request: SubscriptionRequest): number {
    let refused = 0;
    for (const symbol of request.symbols) {
      const key = subscriptionKey(request.channel, symbol);
      const subscription = session.subscriptions.get(key);
      if (subscription === undefined || subscription.request.variant !== request.variant) {
        // How Kraken says it is not known.
        this.#refuse(session, refusalFor(request, symbol, 'Subscription not found'));
        refused++;
        continue;
      }
      session.subscriptions.delete(key);
      this.#end(subscription);
      session.reply(ackText(request, symbol, this.#clock.now()));
    }
    return refused;
  }

  #end(subscription: Subscription): void {
    subscription.isOpen = false;
    subscription.isLive = false;
    subscription.session.faults.forget(subscription);
    this.#source.remove(subscription);
    this.#tokens.use(subscription.request.token, -1);
    this.#onEnd(subscription);
  }

  /** Why there can be no such subscription; `undefined` when there can. */
  #refusal(session: Session, request: SubscriptionRequest, symbol: string | undefined): string | undefined {
    const { channel, variant } = request;
    if (symbol !== undefined && !this.#source.has(symbol)) {
      if (!symbol.includes('/')) return `Currency pair not in ISO 4217-A3 format ${symbol}`;
      return `Currency pair not supported ${symbol}`;
    }
    const there = session.subscriptions.get(subscriptionKey(channel, symbol));
    if (there !== undefined) {
      const isOther = channel === 'ohlc' && there.request.variant !== variant;
      return isOther ? 'Already subscribed to one ohlc interval on this symbol' : 'Already subscribed';
    }
    const refusal = this.#source.refusal(request, symbol);
    if (refusal !== undefined || channel !== 'level3') return refusal;
    // The limits are documented; how Kraken refuses what is over them is not.
    if (session.subscriptions.size >= LEVEL3_SYMBOLS) return TOO_MANY;
    return session.level3.take(LEVEL3_COSTS.get(variant)) ? undefined : TOO_MANY;
  }

  /** The API key of a request that carries a token. */
  #authenticate({ method, reqId, channel, token }: SubscriptionRequest): string | undefined {
    if (token === undefined) return undefined;
    const apiKey = this.#tokens.holder(token);
    if (apiKey !== undefined) return apiKey;
    throw new RequestError('ESession:Invalid session', { method, reqId, channel });
  }

  #isTooMany(session: Session): boolean {
    if (session.requestsToLimit > 0) {
      session.requestsToLimit--;
      return true;
    }
    return session.requestsToLimitBarely > 0 || !session.requests.take();
  }

  #refuse(session: Session, error: RequestError): void {
    if (error.message === TOO_MANY && session.requestsToLimitBarely > 0) {
      session.requestsToLimitBarely--;
      session.reply(JSON.stringify({ Error: TOO_MANY }), true);
      return;
    }
    for (const text of refusalTexts(error, this.#clock.now())) session.reply(text, true);
  }
}

function refusalFor(
  { method, reqId }: SubscriptionRequest,
  symbol: string | undefined,
  message: string,
): RequestError {
  return new RequestError(message, { method, reqId, ...(symbol !== undefined && { symbols: [symbol] }) });
}

import { checkCloseCode } from '../close-code.ts';
import type { Admission } from './admission.ts';
import { ARMED_KINDS, type ArmedKind } from './armed-faults.ts';
import { COUNT_UNITS } from './decimal.ts';
import { BUFFER_OVERFLOW, CHANNEL_ERROR } from './error-codes.ts';
import type { KalshiTarget } from './events.ts';
import type { Exchange } from './exchange.ts';
import { FAULTS, type KalshiFault } from './faults.ts';
import type { Side } from './market.ts';
import type { MarketMessages } from './market-messages.ts';
import type { Session } from './session.ts';
import type { InjectedCounters } from './stats.ts';
import type { Subscription } from './subscription.ts';

const GARBAGE = '<html><body><h1>502 Bad Gateway</h1></body></html>';

export interface InjectorOptions {
  readonly counters: InjectedCounters;
  readonly admission: Admission;
  readonly exchange: Exchange;
  readonly messages: MarketMessages;
  /** Closes the port for so many ms. */
  readonly stopListening: (ms: number) => void;
}

/** Makes things go wrong on order, and counts them. */
export class Injector {
  readonly #options: InjectorOptions;

  constructor(options: InjectorOptions) {
    this.#options = options;
  }

  /**
   * @returns how many of the sessions it met
   * @throws ArgumentError
   */
  inject(fault: KalshiFault, sessions: readonly Session[], target: KalshiTarget): number {
    const number = FAULTS.number(fault);
    const { counters, admission, stopListening } = this.#options;
    if (fault.kind === 'refuse') admission.refuse(number!, target.keyId);
    else if (fault.kind === 'stop-listening') stopListening(number!);
    else {
      if (fault.kind === 'disconnect') checkCloseCode(number);
      const met = sessions.filter((session) => this.#meet(session, fault, number, target)).length;
      counters.faults[fault.kind] += met;
      return met;
    }
    counters.faults[fault.kind]++;
    return 0;
  }

  /** False when the session is passed over. */
  #meet(session: Session, { kind }: KalshiFault, number: number | undefined, target: KalshiTarget): boolean {
    switch (kind) {
      case 'disconnect':
        session.disconnect(number);
        return true;
      case 'silence':
        session.silence(true, number);
        return true;
      case 'garbage':
        session.sendText(GARBAGE);
        return true;
      case 'command-error':
        session.commandErrors.push(number!);
        return true;
      case 'ignore-command':
        session.commandsToIgnore += number!;
        return true;
      case 'late-ack':
        session.lateAcks += number!;
        return true;
      case 'withhold-snapshot':
        session.withhold(number!, target.ticker);
        return true;
      default:
        if (isArmed(kind)) {
          session.faults.arm(kind, number!, target);
          return true;
        }
        return this.#meetSubscriptions(session, kind, number, target);
    }
  }

  #meetSubscriptions(
    session: Session,
    kind: KalshiFault['kind'],
    number: number | undefined,
    target: KalshiTarget,
  ): boolean {
    const subscriptions = [...session.subscriptions].filter(
      ({ channel }) => target.channel === undefined || channel.name === target.channel,
    );
    let met = 0;
    for (const subscription of subscriptions) {
      if (kind === 'negative-level') {
        if (!this.#takeTooMuch(session, subscription, target.ticker)) continue;
      } else if (kind === 'channel-error') session.end(subscription, CHANNEL_ERROR);
      else if (kind === 'buffer-overflow') session.end(subscription, BUFFER_OVERFLOW);
      else if (kind === 'subscription-error') session.error(number!, { id: undefined, subscription });
      else session.deliver(subscription, 'weather', '{"sky":"clear"}');
      met++;
    }
    return met > 0;
  }

  /** A delta for the best level of a market of this subscription. False when there is none. */
  #takeTooMuch(session: Session, subscription: Subscription, ticker: string | undefined): boolean {
    const { exchange, messages } = this.#options;
    const { channel, items, options } = subscription;
    if (channel.name !== 'orderbook_delta' || items === 'all') return false;
    for (const item of items) {
      const market = exchange.market(item);
      if (market === undefined || (ticker !== undefined && item !== ticker)) continue;
      const side: Side = market.yes.length > 0 ? 'yes' : 'no';
      const { best, bestCount } = market[side];
      if (best === 0) continue;
      const at = exchange.clock.now();
      const delta = { market, side, price: best, delta: -bestCount - COUNT_UNITS, at, owner: undefined };
      const msg = messages.delta(delta, options.useYesPrice, false);
      session.deliver(subscription, 'orderbook_delta', msg, item);
      return true;
    }
    return false;
  }
}

function isArmed(kind: string): kind is ArmedKind {
  return (ARMED_KINDS as readonly string[]).includes(kind);
}

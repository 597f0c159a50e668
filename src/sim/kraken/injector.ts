import { checkCloseCode } from '../close-code.ts';
import { mix, Random } from '../random.ts';
import type { Admission } from './admission.ts';
import { ARMED_KINDS, type ArmedKind } from './armed-faults.ts';
import type { EngineStatus } from './engine-status.ts';
import { FAULTS, type KrakenFault } from './faults.ts';
import type { Rest } from './rest.ts';
import type { Session } from './session.ts';
import type { InjectedCounters } from './stats.ts';
import type { KrakenTarget } from './target.ts';
import type { Tokens } from './tokens.ts';

const PROXY_TEXT = 'CloudFlare WebSocket proxy restarting';
const CUT_TEXT = JSON.stringify({
  channel: 'ticker',
  type: 'update',
  data: new Array(20).fill({ symbol: 'BTC/USD' }),
});
/** Texts none of which is a message of Kraken's. */
const GARBAGE = [
  '{"channel":"book","type":"update","data":[{"symbol":"BTC/USD","bids":[{"price":',
  'null',
  '[]',
  '17',
  '{}',
  '{"channel":5}',
  '{"channel":"weather","type":"update","data":[{"sky":"clear"}]}',
  '{"channel":"book","type":"update"}',
  '{"channel":"book","type":"update","data":null}',
  '{"channel":"book","type":"update","data":[{"symbol":"BTC/USD","bids":7,"asks":[{"price":"x"}],"checksum":-1}]}',
  '{"method":"subscribe","success":"yes"}',
  '\u0000\u0001\u0002',
  '',
];

export interface InjectorOptions {
  readonly seed: number;
  readonly counters: InjectedCounters;
  readonly tokens: Tokens;
  readonly rest: Rest;
  readonly admission: Admission;
  readonly status: EngineStatus;
}

/** Makes things go wrong on order, and counts them. What it draws at random depends on the seed. */
export class Injector {
  readonly #options: InjectorOptions;
  readonly #random: Random;

  constructor(options: InjectorOptions) {
    this.#options = options;
    this.#random = new Random(mix(options.seed, 0xfa17));
  }

  /**
   * @returns how many of the sessions it met
   * @throws ArgumentError
   */
  inject(fault: KrakenFault, sessions: readonly Session[], target: KrakenTarget): number {
    const number = FAULTS.number(fault);
    const { counters } = this.#options;
    if (this.#meetAll(fault.kind, number)) {
      counters.faults[fault.kind]++;
      return 0;
    }
    if (fault.kind === 'disconnect') checkCloseCode(number);
    let met = 0;
    for (const session of sessions) if (this.#meet(session, fault.kind, number, target)) met++;
    counters.faults[fault.kind] += met;
    return met;
  }

  /** False for faults that meet single connections. */
  #meetAll(kind: KrakenFault['kind'], number: number | undefined): boolean {
    const { tokens, rest, admission, status } = this.#options;
    switch (kind) {
      case 'maintenance':
        status.maintain(number!);
        return true;
      case 'refuse':
        admission.refuseNext(number!);
        return true;
      case 'token-failure':
        rest.fail(number!);
        return true;
      case 'expire-tokens':
        tokens.expire();
        return true;
      default:
        return false;
    }
  }

  /** False when the session is passed over. */
  #meet(
    session: Session,
    kind: KrakenFault['kind'],
    number: number | undefined,
    target: KrakenTarget,
  ): boolean {
    switch (kind) {
      case 'silence':
        session.silence(true, target.channel, number);
        return true;
      case 'disconnect':
        session.disconnect(number);
        return true;
      case 'half-frame':
        session.cut(CUT_TEXT);
        return true;
      case 'rate-limit':
        session.requestsToLimit += number!;
        return true;
      case 'rate-limit-bare':
        session.requestsToLimitBarely += number!;
        return true;
      case 'proxy-text':
        return this.#sendText(session, PROXY_TEXT);
      case 'garbage':
        return this.#sendText(session, GARBAGE[this.#random.between(0, GARBAGE.length - 1)]!);
      default:
        return this.#meetSubscriptions(session, kind, number!, target);
    }
  }

  /** For faults of messages: a connection that has subscribed to nothing of the kind is passed over. */
  #meetSubscriptions(
    session: Session,
    kind: KrakenFault['kind'],
    number: number,
    target: KrakenTarget,
  ): boolean {
    const { channel, symbol } = target;
    const met = [...session.subscriptions.values()].filter(
      (it) => (channel ?? it.channel) === it.channel && (symbol ?? it.symbol) === it.symbol,
    );
    if (kind === 'sequence-gap') {
      const numbered = met.filter((it) => it.channel === 'executions' || it.channel === 'balances');
      for (const subscription of numbered) subscription.sequence += number;
      return numbered.length > 0;
    }
    if (met.length === 0 || !isArmed(kind)) return false;
    session.faults.arm(kind, number, target);
    return true;
  }

  #sendText(session: Session, text: string): boolean {
    if (!session.sendText(text)) return false;
    this.#options.counters.texts++;
    return true;
  }
}

function isArmed(kind: KrakenFault['kind']): kind is ArmedKind {
  return (ARMED_KINDS as readonly string[]).includes(kind);
}

import { checkCloseCode } from '../close-code.ts';
import type { Listener } from '../listener.ts';
import { mix, Random } from '../random.ts';
import type { Admission } from './admission.ts';
import { frameOf, older, randomBytes, textGarbage, unknownLength, wrongLength } from './fault-frames.ts';
import { FAULTS, type KiteFault } from './faults.ts';
import type { Session } from './session.ts';
import type { InjectedCounters } from './stats.ts';

/** Ticks in the frame of a fault that says no number. */
const PACKETS = 10;
/** A connection on which so many bytes wait gets no more faults: its client does not read. */
const MOST_BUFFERED_BYTES = 16 * 1024 * 1024;
const MOST_GARBAGE_BYTES = 1_000;

export interface InjectorOptions {
  readonly seed: number;
  readonly packetsPerFrame: number;
  readonly counters: InjectedCounters;
  readonly admission: Admission;
  readonly listener: Listener;
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
  inject(fault: KiteFault, sessions: readonly Session[], apiKey: string | undefined): number {
    const number = FAULTS.number(fault);
    const { counters, admission, listener } = this.#options;
    let met = 0;
    switch (fault.kind) {
      case 'refuse':
        admission.refuse(number!, apiKey);
        break;
      case 'tls-failure':
        listener.refuse(number!);
        break;
      case 'stop-listening':
        listener.stop(number!);
        break;
      default:
        if (fault.kind === 'disconnect') checkCloseCode(number);
        for (const session of sessions) if (this.#meet(session, fault, number)) met++;
        counters.faults[fault.kind] += met;
        return met;
    }
    counters.faults[fault.kind]++;
    return 0;
  }

  /** False when the session is passed over. */
  #meet(session: Session, { kind }: KiteFault, number: number | undefined): boolean {
    if (kind === 'disconnect') {
      session.disconnect(number);
      return true;
    }
    if (!session.maySend || session.bufferedBytes > MOST_BUFFERED_BYTES) return false;
    const { counters } = this.#options;
    switch (kind) {
      case 'silence':
        session.silence(number!);
        return true;
      case 'giant-frame':
        session.sendGiant(number!);
        return true;
      case 'garbage':
        session.sendInjected(
          randomBytes(this.#random, number ?? this.#random.between(2, MOST_GARBAGE_BYTES)),
        );
        return true;
      case 'text-garbage':
        session.sendInjectedText(textGarbage(this.#random));
        counters.malformedTexts++;
        return true;
      case 'unknown-text-type':
        session.sendInjectedText(Buffer.from('{"type":"weather","data":{"sky":"clear"}}'));
        counters.unknownTexts++;
        return true;
      default:
        return this.#meetWithTicks(session, kind, number);
    }
  }

  #meetWithTicks(session: Session, kind: KiteFault['kind'], number: number | undefined): boolean {
    if (session.subscriptions.streaming === 0) return false;
    const ticks = (count = PACKETS) => session.tickPackets(count);
    switch (kind) {
      case 'half-frame':
        session.cut(frameOf(ticks()));
        break;
      case 'slow-drip':
        session.drip(frameOf(ticks()), number!);
        break;
      case 'wrong-count':
        session.sendInjected(frameOf(ticks(), PACKETS + number!));
        break;
      case 'wrong-length':
        session.sendInjected(wrongLength(ticks(), number!));
        break;
      case 'unknown-packet-length':
        session.sendInjected(unknownLength(ticks(), number!));
        break;
      case 'reordered-timestamps':
        session.sendInjected(frameOf(older(ticks(), number!)));
        break;
      case 'duplicate': {
        const frame = frameOf(ticks(number));
        session.sendInjected(frame);
        session.sendInjected(frame);
        break;
      }
      case 'burst':
        for (let frame = 0; frame < number!; frame++) {
          session.sendInjected(frameOf(ticks(this.#options.packetsPerFrame)));
        }
        break;
    }
    return true;
  }
}

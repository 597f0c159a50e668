import type { Message } from './messages.ts';
import type { InjectedCounters } from './stats.ts';
import type { Subscription } from './subscription.ts';
import type { MessageTarget } from './target.ts';

/** Faults that wait for messages to meet. */
export const ARMED_KINDS = [
  'drop',
  'wrong-checksum',
  'duplicate',
  'reorder',
  'half-json',
  'reserialised',
] as const;
export type ArmedKind = (typeof ARMED_KINDS)[number];

interface Armed {
  readonly kind: ArmedKind;
  readonly target: MessageTarget;
  left: number;
}

/** What is to be sent in place of a message, and whether it is still one that a client can read. */
export interface Outgoing {
  readonly message: Message;
  readonly isWhole: boolean;
}

const CHECKSUM = /"checksum":(\d+)/;

/** The faults that wait on one connection. They meet messages in the order in which they were ordered. */
export class ArmedFaults {
  readonly #counters: InjectedCounters;
  #armed: Armed[] = [];
  /** Messages that wait for the next of their subscription. */
  readonly #held = new Map<Subscription, Message>();

  constructor(counters: InjectedCounters) {
    this.#counters = counters;
  }

  /** True when nothing waits: messages go out as they are. */
  get isIdle(): boolean {
    return this.#armed.length === 0 && this.#held.size === 0;
  }

  arm(kind: ArmedKind, messages: number, { channel, symbol, type = 'update' }: MessageTarget): void {
    const target = { ...(channel && { channel }), ...(symbol !== undefined && { symbol }), type };
    this.#armed.push({ kind, target, left: messages });
  }

  /** What is to be sent in place of this message. */
  meet(subscription: Subscription, message: Message): Outgoing[] {
    const outgoing = this.#alter(subscription, message);
    const held = this.#held.get(subscription);
    if (held !== undefined && outgoing.length > 0) {
      this.#held.delete(subscription);
      this.#counters.reordered++;
      outgoing.push({ message: held, isWhole: true });
    }
    return outgoing;
  }

  /** Nothing follows on this subscription: what was held for it is lost. */
  forget(subscription: Subscription): void {
    if (this.#held.delete(subscription)) this.#counters.dropped++;
  }

  #alter(subscription: Subscription, message: Message): Outgoing[] {
    const counters = this.#counters;
    switch (this.#next(subscription, message)) {
      case 'drop':
        counters.dropped++;
        return [];
      case 'wrong-checksum':
        counters.wrongChecksums++;
        return [
          whole(
            message,
            message.text.replace(CHECKSUM, (_, sum) => `"checksum":${(sum ^ 0x5a5a) >>> 0}`),
          ),
        ];
      case 'duplicate':
        counters.duplicated++;
        return [whole(message), whole(message)];
      case 'reorder':
        this.#held.set(subscription, message);
        return [];
      case 'half-json': {
        counters.damaged++;
        const text = message.text.slice(0, message.text.length >> 1);
        return [{ message: { ...message, text }, isWhole: false }];
      }
      case 'reserialised':
        counters.reserialised++;
        return [whole(message, JSON.stringify(sorted(JSON.parse(message.text))))];
      default:
        return [whole(message)];
    }
  }

  /** The first fault that meets this message, used up by one. */
  #next(subscription: Subscription, { type, text }: Message): ArmedKind | undefined {
    const { channel, symbol } = subscription;
    const armed = this.#armed.find(
      ({ kind, target }) =>
        type === target.type &&
        (target.channel === undefined || target.channel === channel) &&
        (target.symbol === undefined || target.symbol === symbol) &&
        (kind !== 'wrong-checksum' || CHECKSUM.test(text)) &&
        (kind !== 'reorder' || !this.#held.has(subscription)),
    );
    if (armed === undefined) return undefined;
    if (--armed.left === 0) this.#armed = this.#armed.filter((it) => it !== armed);
    return armed.kind;
  }
}

function whole(message: Message, text = message.text): Outgoing {
  return { message: { ...message, text }, isWhole: true };
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, sorted(inner)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

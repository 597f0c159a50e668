import type { InjectedCounters } from './stats.ts';
import type { Subscription } from './subscription.ts';

/** Faults that wait for data frames to meet. */
export const ARMED_KINDS = ['drop', 'duplicate', 'reorder', 'half-json', 'fragment'] as const;
export type ArmedKind = (typeof ARMED_KINDS)[number];

/** Which data frames a fault meets; all but snapshots when nothing is given. */
export interface FrameTarget {
  /** A channel's name. */
  readonly channel?: string;
  /** A market. Frames that are about no market are not met then. */
  readonly ticker?: string;
  /** A frame's `type`. */
  readonly type?: string;
}

/** A data frame that is about to be sent. */
export interface DataFrame {
  readonly type: string;
  readonly ticker: string | undefined;
  readonly text: string;
}

interface Armed {
  readonly kind: ArmedKind;
  readonly target: FrameTarget;
  left: number;
}

/** What is to be sent in place of a frame. */
export interface Outgoing {
  readonly frame: DataFrame;
  /** False for what no client can read any more. */
  readonly isWhole: boolean;
  /** True for what goes out in two pieces. */
  readonly isFragmented: boolean;
}

const SNAPSHOT = 'orderbook_snapshot';

/** The faults that wait on one connection. They meet frames in the order in which they were ordered. */
export class ArmedFaults {
  readonly #counters: InjectedCounters;
  #armed: Armed[] = [];
  /** Frames that wait for the next of their subscription. */
  readonly #held = new Map<Subscription, DataFrame>();

  constructor(counters: InjectedCounters) {
    this.#counters = counters;
  }

  /** True when nothing waits: frames go out as they are. */
  get isIdle(): boolean {
    return this.#armed.length === 0 && this.#held.size === 0;
  }

  arm(kind: ArmedKind, frames: number, target: FrameTarget): void {
    this.#armed.push({ kind, target, left: frames });
  }

  /** What is to be sent in place of this frame. */
  meet(subscription: Subscription, frame: DataFrame): Outgoing[] {
    const outgoing = this.#alter(subscription, frame);
    const held = this.#held.get(subscription);
    if (held !== undefined && outgoing.length > 0) {
      this.#held.delete(subscription);
      this.#counters.reordered++;
      outgoing.push({ frame: held, isWhole: true, isFragmented: false });
    }
    return outgoing;
  }

  /** Nothing follows on this subscription: what was held for it is lost. */
  forget(subscription: Subscription): void {
    if (this.#held.delete(subscription)) this.#counters.dropped++;
  }

  #alter(subscription: Subscription, frame: DataFrame): Outgoing[] {
    const counters = this.#counters;
    const whole = { frame, isWhole: true, isFragmented: false };
    switch (this.#next(subscription, frame)) {
      case 'drop':
        counters.dropped++;
        return [];
      case 'duplicate':
        counters.duplicated++;
        return [whole, whole];
      case 'reorder':
        this.#held.set(subscription, frame);
        return [];
      case 'half-json':
        counters.damaged++;
        return [
          {
            ...whole,
            frame: { ...frame, text: frame.text.slice(0, frame.text.length >> 1) },
            isWhole: false,
          },
        ];
      case 'fragment':
        counters.fragmented++;
        return [{ ...whole, isFragmented: true }];
      default:
        return [whole];
    }
  }

  /** The first fault that meets this frame, used up by one. */
  #next(subscription: Subscription, { type, ticker }: DataFrame): ArmedKind | undefined {
    const armed = this.#armed.find(
      ({ kind, target }) =>
        (target.type === undefined ? type !== SNAPSHOT : type === target.type) &&
        (target.channel === undefined || target.channel === subscription.channel.name) &&
        (target.ticker === undefined || target.ticker === ticker) &&
        (kind !== 'reorder' || !this.#held.has(subscription)),
    );
    if (armed === undefined) return undefined;
    if (--armed.left === 0) this.#armed = this.#armed.filter((it) => it !== armed);
    return armed.kind;
  }
}

import { optionalTime } from '../memory/record-fields.ts';
import { KalshiView } from './kalshi-view.ts';
import * as layout from './record-layout.ts';

/**
 * - `'sequence'`: a number of a subscription was due and another came: none of its books is to be trusted;
 * - `'negative'`: a level would have become negative: this book is not to be trusted;
 * - `'unusable'`: a message could not be applied to this book;
 * - `'ended'`: Kalshi ended the subscription: none of its books is to be trusted;
 * - `'recovered'`: the snapshot has come that mends this book.
 */
export type GapReason = 'sequence' | 'negative' | 'unusable' | 'ended' | 'recovered';

/** By the GAP_ numbers of the layout. */
const REASONS: readonly GapReason[] = ['unusable', 'sequence', 'negative', 'unusable', 'ended', 'recovered'];

/** A gap as a plain object. */
export interface Gap {
  kind: 'gap';
  marketTicker: string;
  sid: number;
  timestamp: number | undefined;
  reason: GapReason;
  expected: number | undefined;
  received: number | undefined;
  errorCode: number | undefined;
  books: number;
  goodUntil: number | undefined;
}

/** Books are not to be trusted any more, or again. Where it concerns a whole subscription, `marketTicker` is empty. */
export class GapView extends KalshiView {
  readonly kind = 'gap';

  get reason(): GapReason {
    return REASONS[this.fields.uint8(layout.GAP_REASON)] ?? 'unusable';
  }

  /** The number that was due, of `'sequence'`. */
  get expected(): number | undefined {
    return this.reason === 'sequence' ? this.fields.uint32(layout.GAP_EXPECTED) : undefined;
  }

  /** The number that came, of `'sequence'`. */
  get received(): number | undefined {
    return this.reason === 'sequence' ? this.fields.uint32(layout.GAP_RECEIVED) : undefined;
  }

  /** Kalshi's code, of `'ended'`. */
  get errorCode(): number | undefined {
    return this.reason === 'ended' ? this.fields.uint32(layout.GAP_RECEIVED) : undefined;
  }

  /** How many books it made untrusted. */
  get books(): number {
    return this.fields.uint32(layout.GAP_BOOKS);
  }

  /** Until when the book was right: Kalshi's time of the last message after which it was, ms since the epoch. */
  get goodUntil(): number | undefined {
    return optionalTime(this.fields, layout.GAP_GOOD_AS_OF);
  }

  /** 0n when it is not known. */
  get goodUntilNs(): bigint {
    return this.fields.int64(layout.GAP_GOOD_AS_OF);
  }

  override toObject(): Gap {
    const { kind, marketTicker, sid, timestamp, reason, expected, received, errorCode, books, goodUntil } =
      this;
    return { kind, marketTicker, sid, timestamp, reason, expected, received, errorCode, books, goodUntil };
  }
}

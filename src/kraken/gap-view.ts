import { optionalTime } from '../memory/record-fields.ts';
import { KrakenView } from './kraken-view.ts';
import * as layout from './record-layout.ts';

/**
 * - `'checksum'`: the book's checksum was not the one that came;
 * - `'unusable'`: a message could not be applied to the book;
 * - `'resynced'`: the snapshot has come that mends it.
 */
export type GapReason = 'checksum' | 'unusable' | 'resynced';

/** A gap as a plain object. */
export interface Gap {
  kind: 'gap';
  symbol: string;
  timestamp: number | undefined;
  reason: GapReason;
  expected: number;
  computed: number;
  goodUntil: number | undefined;
}

/** A book is not to be trusted any more, or again: comes right behind the record of the message that showed it. */
export class GapView extends KrakenView {
  readonly kind = 'gap';

  get reason(): GapReason {
    const reason = this.fields.uint8(layout.GAP_REASON);
    if (reason === layout.GAP_CHECKSUM) return 'checksum';
    return reason === layout.GAP_RESYNCED ? 'resynced' : 'unusable';
  }

  /** The checksum that came; 0 where none did. */
  get expected(): number {
    return this.fields.uint32(layout.GAP_EXPECTED);
  }

  /** That of the book; 0 where there is none. */
  get computed(): number {
    return this.fields.uint32(layout.GAP_COMPUTED);
  }

  /** Until when the book was right: Kraken's time of the last message after which no check had failed, ms since the epoch. */
  get goodUntil(): number | undefined {
    return optionalTime(this.fields, layout.GAP_GOOD_AS_OF);
  }

  /** 0n when it is not known. */
  get goodUntilNs(): bigint {
    return this.fields.int64(layout.GAP_GOOD_AS_OF);
  }

  override toObject(): Gap {
    const { kind, symbol, timestamp, reason, expected, computed, goodUntil } = this;
    return { kind, symbol, timestamp, reason, expected, computed, goodUntil };
  }
}

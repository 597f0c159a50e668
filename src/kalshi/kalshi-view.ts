import { absent, type RecordFields } from '../memory/record-fields.ts';
import { SymbolRecordView } from '../memory/symbol-record-view.ts';
import * as layout from './record-layout.ts';

// Imported constants are loaded anew each time; those of this file V8 knows.
const SUBSCRIPTION = layout.KALSHI_SUBSCRIPTION;
const SEQUENCE = layout.KALSHI_SEQUENCE;
const SENT_AT = layout.KALSHI_SENT_AT;
const MARKET_ID_LENGTH = layout.KALSHI_MARKET_ID_LENGTH;
const MARKET_ID = layout.KALSHI_MARKET_ID;

/**
 * What the views of all kinds of Kalshi's records have.
 *
 * A price comes in four forms: in dollars as a number (`yesBid`: the one that `JSON.parse` would give), as exact text
 * (`yesBidText`: `'0.4700'`), as an integer in 1/10,000 dollar (`yesBidUnits`), and as an integer in cents where it is whole cents
 * (`yesBidCents`). A count of contracts comes in three: number, text with two decimals, integer in 1/100 contract. Texts allocate.
 * What a message does not carry is undefined.
 */
export abstract class KalshiView extends SymbolRecordView {
  /** The same as `symbol`. */
  get marketTicker(): string {
    return this.symbol;
  }

  /** The subscription that it came by: unique on its connection and epoch. */
  get sid(): number {
    return this.fields.uint32(SUBSCRIPTION);
  }

  /** The message's number in its subscription; undefined on channels without numbers. */
  get seq(): number | undefined {
    const sequence = this.fields.uint32(SEQUENCE);
    return sequence === 0 ? absent() : sequence;
  }

  /** When Kalshi queued it for the network, ms since the epoch; undefined when it does not say. */
  get sentAt(): number | undefined {
    const sentAt = this.fields.float64(SENT_AT);
    return sentAt === 0 ? absent() : sentAt;
  }

  /** A UUID. */
  get marketId(): string | undefined {
    return optionalText(this.fields, MARKET_ID_LENGTH, MARKET_ID);
  }
}

/** A text behind its length, a uint8; undefined when it has none. */
export function optionalText(fields: RecordFields, length: number, text: number): string | undefined {
  const bytes = fields.uint8(length);
  return bytes === 0 ? undefined : fields.text(text, bytes);
}

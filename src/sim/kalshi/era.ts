import { ArgumentError } from '../../errors.ts';

/** Days on which the wire changed: a form holds from `since` on, and until the day before `until`. */
const PERIODS = {
  /** Integer cents and whole contracts; until then no price is finer than a cent, no count than a contract. */
  integers: { until: '2026-03-12' },
  /** Counts as decimal strings, `*_fp`. */
  fixedPointCounts: { since: '2026-01-22' },
  /** Positions in integers, which outlived the others: away for three days, back, and gone for good. */
  integerPositions: { until: '2026-04-02' },
  /** Positions as decimal strings. */
  fixedPointPositions: { since: '2026-01-31' },
  /** `market_id` in market data, `trade_id` in trades, and commands that name markets by id. */
  marketIds: { since: '2026-01-31' },
  /** `unsubscribed` with id and seq; `list_subscriptions` answered in `msg`. */
  acksWithSeq: { since: '2026-01-31' },
  /** `subtitle` of events, which was `sub_title`. */
  subtitles: { since: '2026-01-31' },
  /** Strikes as numbers, which were strings. */
  numericStrikes: { since: '2026-01-31' },
  /** `ok` has its market lists in `msg` instead of at the top. */
  listsInMsg: { since: '2026-02-12' },
  skipTickerAck: { since: '2026-02-11' },
  /** Sizes of best bid, best ask and last trade in tickers. */
  tickerSizes: { since: '2026-02-12' },
  /** Tickers with `no_bid_dollars` where `yes_ask_dollars` is now. */
  tickerNoBid: { until: '2026-01-31' },
  /** The undocumented `Clock` in tickers. */
  tickerClock: { until: '2026-03-12' },
  /** `market_lifecycle_v2` leaves multivariate markets out. */
  lifecycleWithoutMultivariate: { since: '2026-02-12' },
  feeCosts: { since: '2026-01-29' },
  /** In the docs of August 2026, not in those of January; the day is not known. */
  purchasedSides: { since: '2026-01-31' },
  /** In the docs of October 2026, not in those of August; the day is not known. */
  fillClientOrderIds: { since: '2026-10-01' },
  settlementValues: { since: '2026-02-26' },
  priceLevelStructures: { since: '2026-03-12' },
  /** `price_level_structure_updated` events. */
  structureUpdates: { since: '2026-03-25' },
  /** Times in ms, and RFC 3339 times in deltas and tickers. */
  milliseconds: { since: '2026-04-15' },
  getSnapshot: { since: '2026-04-20' },
  metadataUpdates: { since: '2026-05-05' },
  /** `outcome_side` and `book_side` beside the older directions. */
  bookSides: { since: '2026-05-06' },
  /** `ts_ms` in order group updates. */
  orderGroupTimes: { since: '2026-05-06' },
  useYesPrice: { since: '2026-05-08' },
  /** Slow readers lose a subscription with error 25; before, with error 10. */
  bufferOverflow: { since: '2026-05-12' },
  eventFeeUpdates: { since: '2026-05-29' },
  priceRanges: { since: '2026-07-02' },
  /** Quotes do not say who asked for them. */
  anonymousRfqs: { since: '2026-01-31', until: '2026-07-27' },
  exchangeIndices: { since: '2026-07-30' },
  blockTrades: { since: '2026-08-13' },
  fillExchangeIndices: { since: '2026-08-20' },
  orderExchangeIndices: { since: '2026-08-27' },
  /** Compression is negotiated when the client offers it. */
  compression: { since: '2026-09-24' },
  /** `sending_ts_ms` in every message. */
  sendingTimes: { since: '2026-10-01' },
  updateReasons: { since: '2026-10-01' },
  userFilter: { since: '2026-10-01' },
  sharding: { since: '2026-01-12' },
} satisfies Record<string, Period>;

/** When something was on the wire. Without a day, there is no end on that side. */
export interface Period {
  readonly since?: string;
  readonly until?: string;
}

type Form = keyof typeof PERIODS;

/** The first month that is known. */
const EARLIEST = '2025-11';
const DAY = /^20\d\d-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?$/;

/** What the wire looked like on one day: a flag for each form that came or went. */
export type WireForm = Readonly<Record<Form, boolean>> & {
  /** True when the period includes the day. */
  readonly includes: (period: Period) => boolean;
};

/**
 * The wire on a day, `YYYY-MM-DD`. A month, `YYYY-MM`, has all that came in it.
 * @throws ArgumentError for what is no day, or is before November 2025
 */
export function wireForm(era: string): WireForm {
  if (!DAY.test(era) || era < EARLIEST) {
    throw new ArgumentError(
      `era must be a month or a day from ${EARLIEST} on, as 2026-01 or 2026-01-31, not ${era}`,
    );
  }
  const day = era.length === EARLIEST.length ? `${era}-31` : era;
  const includes = ({ since = '', until }: Period) => day >= since && (until === undefined || day < until);
  const flags = Object.entries(PERIODS).map(([form, period]) => [form, includes(period)] as const);
  return { ...(Object.fromEntries(flags) as Record<Form, boolean>), includes };
}

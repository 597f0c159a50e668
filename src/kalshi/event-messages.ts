/**
 * The messages that are rare enough to be parsed on the feed's thread, field by field. Names are Kalshi's, in camel case;
 * what a message does not have is undefined. Words are open: those that this version does not know come as they are.
 */

import { SCALES } from './amount.ts';
import {
  count,
  digits,
  dollars,
  type Fields,
  flag,
  list,
  looseNumber,
  money,
  nested,
  number,
  object,
  price,
  text,
  texts,
} from './fields.ts';
import type { JsonObject } from './messages.ts';

/** Of a market. Times are seconds since the epoch. */
const MARKET_LIFECYCLE = {
  marketTicker: text('market_ticker'),
  eventType: text<
    | 'created'
    | 'activated'
    | 'deactivated'
    | 'close_date_updated'
    | 'determined'
    | 'settled'
    | 'price_level_structure_updated'
    | 'metadata_updated'
  >('event_type'),
  openTs: number('open_ts'),
  closeTs: number('close_ts'),
  determinationTs: number('determination_ts'),
  settledTs: number('settled_ts'),
  result: text<'yes' | 'no'>('result'),
  /** Of one YES contract. */
  settlementValue: dollars('settlement_value'),
  isDeactivated: flag('is_deactivated'),
  exchangeIndex: number('exchange_index'),
  /** A label: `priceRanges` have the truth. */
  priceLevelStructure: text('price_level_structure'),
  /** The grid that prices are on. */
  priceRanges: list('price_ranges', { start: dollars('start'), end: dollars('end'), step: dollars('step') }),
  strikeType: text('strike_type'),
  floorStrike: looseNumber('floor_strike'),
  capStrike: looseNumber('cap_strike'),
  customStrike: object('custom_strike'),
  yesSubTitle: text('yes_sub_title'),
  additionalMetadata: nested('additional_metadata', {
    name: text('name'),
    title: text('title'),
    yesSubTitle: text('yes_sub_title'),
    noSubTitle: text('no_sub_title'),
    rulesPrimary: text('rules_primary'),
    rulesSecondary: text('rules_secondary'),
    canCloseEarly: flag('can_close_early'),
    eventTicker: text('event_ticker'),
    expectedExpirationTs: number('expected_expiration_ts'),
    strikeType: text('strike_type'),
    floorStrike: looseNumber('floor_strike'),
    capStrike: looseNumber('cap_strike'),
    customStrike: object('custom_strike'),
  }),
};

const EVENT_LIFECYCLE = {
  eventTicker: text('event_ticker'),
  title: text('title'),
  subtitle: text('subtitle', 'sub_title'),
  collateralReturnType: text<'MECNET' | 'DIRECNET' | ''>('collateral_return_type'),
  seriesTicker: text('series_ticker'),
  exchangeIndex: number('exchange_index'),
  /** Seconds since the epoch. */
  strikeDate: number('strike_date'),
  strikePeriod: text('strike_period'),
};

const EVENT_FEE_UPDATE = {
  eventTicker: text('event_ticker'),
  feeTypeOverride: text<
    'quadratic' | 'quadratic_with_maker_fees' | 'quadratic_with_combo_maker_fees' | 'flat'
  >('fee_type_override'),
  /** Undefined when the override was cleared. */
  feeMultiplierOverride: number('fee_multiplier_override'),
};

const SELECTED_MARKET = {
  eventTicker: text('event_ticker'),
  marketTicker: text('market_ticker'),
  side: text<'yes' | 'no'>('side'),
};

/** Of servers from before 2026-08-06. */
const MULTIVARIATE_LOOKUP = {
  collectionTicker: text('collection_ticker'),
  eventTicker: text('event_ticker'),
  marketTicker: text('market_ticker'),
  selectedMarkets: list('selected_markets', SELECTED_MARKET),
};

/** Directions: the newer ones, and what they replace. */
const DIRECTION = {
  outcomeSide: text<'yes' | 'no'>('outcome_side'),
  bookSide: text<'bid' | 'ask'>('book_side'),
  side: text<'yes' | 'no'>('side'),
};

const FILL = {
  tradeId: text('trade_id'),
  orderId: text('order_id'),
  clientOrderId: text('client_order_id'),
  marketTicker: text('market_ticker'),
  exchangeIndex: number('exchange_index'),
  isTaker: flag('is_taker'),
  ...DIRECTION,
  purchasedSide: text<'yes' | 'no'>('purchased_side'),
  action: text<'buy' | 'sell' | 'sell_partial' | 'sell_to_close' | ''>('action'),
  yesPrice: price('yes_price'),
  count: count('count'),
  feeCost: dollars('fee_cost', SCALES.money),
  /** Below 0: of NO. */
  postPosition: count('post_position'),
  /** Seconds, and ms, since the epoch. */
  ts: number('ts'),
  tsMs: number('ts_ms'),
  subaccount: number('subaccount'),
};

const MARKET_POSITION = {
  userId: text('user_id'),
  marketTicker: text('market_ticker'),
  /** Below 0: of NO. */
  position: count('position'),
  positionCost: money('position_cost'),
  realizedPnl: money('realized_pnl'),
  feesPaid: money('fees_paid'),
  positionFeeCost: money('position_fee_cost'),
  volume: count('volume'),
  subaccount: number('subaccount'),
};

const USER_ORDER = {
  orderId: text('order_id'),
  userId: text('user_id'),
  /** Kalshi has it as `ticker` here. */
  marketTicker: text('ticker', 'market_ticker'),
  exchangeIndex: number('exchange_index'),
  status: text<'resting' | 'canceled' | 'executed' | 'unknown'>('status'),
  ...DIRECTION,
  isYes: flag('is_yes'),
  yesPrice: price('yes_price'),
  fillCount: count('fill_count'),
  remainingCount: count('remaining_count'),
  initialCount: count('initial_count'),
  takerFillCost: money('taker_fill_cost'),
  makerFillCost: money('maker_fill_cost'),
  takerFees: money('taker_fees'),
  makerFees: money('maker_fees'),
  clientOrderId: text('client_order_id'),
  orderGroupId: text('order_group_id'),
  selfTradePreventionType: text<'taker_at_cross' | 'maker'>('self_trade_prevention_type'),
  createdTime: text('created_time'),
  createdTsMs: number('created_ts_ms'),
  lastUpdateTime: text('last_update_time'),
  lastUpdatedTsMs: number('last_updated_ts_ms'),
  lastUpdateReason: text('last_update_reason'),
  expirationTime: text('expiration_time'),
  expirationTsMs: number('expiration_ts_ms'),
  subaccountNumber: number('subaccount_number'),
};

const ORDER_GROUP_UPDATES = {
  eventType: text<'created' | 'triggered' | 'reset' | 'deleted' | 'limit_updated'>('event_type'),
  orderGroupId: text('order_group_id'),
  contractsLimit: count('contracts_limit'),
  tsMs: number('ts_ms'),
};

const RFQ = {
  id: text('id'),
  creatorId: text('creator_id'),
  marketTicker: text('market_ticker'),
  eventTicker: text('event_ticker'),
  contracts: count('contracts'),
  targetCost: money('target_cost'),
};

const RFQ_CREATED = {
  ...RFQ,
  /** RFC 3339 */
  createdTs: text('created_ts'),
  mveCollectionTicker: text('mve_collection_ticker'),
  mveSelectedLegs: list('mve_selected_legs', {
    ...SELECTED_MARKET,
    yesSettlementValue: price('yes_settlement_value'),
  }),
};

const RFQ_DELETED = { ...RFQ, deletedTs: text('deleted_ts') };

const QUOTE = {
  quoteId: text('quote_id'),
  rfqId: text('rfq_id'),
  quoteCreatorId: text('quote_creator_id'),
  rfqCreatorId: text('rfq_creator_id'),
  marketTicker: text('market_ticker'),
  subaccount: number('subaccount'),
};

const QUOTE_CREATED = {
  ...QUOTE,
  eventTicker: text('event_ticker'),
  yesBid: price('yes_bid'),
  noBid: price('no_bid'),
  yesContractsOffered: count('yes_contracts_offered'),
  noContractsOffered: count('no_contracts_offered'),
  rfqTargetCost: money('rfq_target_cost'),
  createdTs: text('created_ts'),
};

const QUOTE_ACCEPTED = {
  ...QUOTE_CREATED,
  acceptedSide: text<'yes' | 'no'>('accepted_side'),
  contractsAccepted: count('contracts_accepted'),
};

const QUOTE_EXECUTED = {
  ...QUOTE,
  orderId: text('order_id'),
  clientOrderId: text('client_order_id'),
  executedTs: text('executed_ts'),
};

const WINDOW = {
  value: digits('value'),
  windowSize: number('window_size'),
  windowStartTsMs: number('window_start_ts_ms'),
  windowEndTsExclusive: number('window_end_ts_exclusive'),
};

/** Times are ms since the epoch; `data` is JSON in a text, of the index' own provider. */
const CFBENCHMARKS_VALUE = {
  indexId: text('index_id'),
  receivedAtMs: number('received_at'),
  data: text('data'),
  avg60sData: nested('avg_60s_data', WINDOW),
  last60sWindowedAverage15min: nested('last_60s_windowed_average_15min', WINDOW),
};

const CFBENCHMARKS_VALUE_5HZ = {
  indexId: text('index_id'),
  valueUsd: digits('value_usd'),
  sourceTsMs: number('source_ts_ms'),
  receivedAtMs: number('received_at'),
  data: text('data'),
};

const PYTH_VALUE = {
  underlyingTicker: text('underlying_ticker'),
  valueUsd: digits('value_usd'),
  sourceTsMs: number('source_ts_ms'),
  receivedAtMs: number('received_at'),
};

const INDEX_LIST = { indexIds: texts('index_ids') };

/** Every type of message that is parsed, with its fields. */
export const MESSAGE_FIELDS = {
  market_lifecycle_v2: MARKET_LIFECYCLE,
  multivariate_market_lifecycle: MARKET_LIFECYCLE,
  event_lifecycle: EVENT_LIFECYCLE,
  event_fee_update: EVENT_FEE_UPDATE,
  multivariate_lookup: MULTIVARIATE_LOOKUP,
  fill: FILL,
  market_position: MARKET_POSITION,
  user_order: USER_ORDER,
  order_group_updates: ORDER_GROUP_UPDATES,
  rfq_created: RFQ_CREATED,
  rfq_deleted: RFQ_DELETED,
  quote_created: QUOTE_CREATED,
  quote_accepted: QUOTE_ACCEPTED,
  quote_executed: QUOTE_EXECUTED,
  cfbenchmarks_value: CFBENCHMARKS_VALUE,
  cfbenchmarks_value_5hz: CFBENCHMARKS_VALUE_5HZ,
  pyth_value: PYTH_VALUE,
  cfbenchmarks_value_indexlist: INDEX_LIST,
  cfbenchmarks_value_5hz_indexlist: INDEX_LIST,
  pyth_value_underlying_list: { underlyingTickers: texts('underlying_tickers') },
};

export type MessageType = keyof typeof MESSAGE_FIELDS;

/** What every message has, beside its own fields. */
export interface MessageHead {
  readonly type: string;
  readonly connection: number;
  readonly sid: number | undefined;
  /** Its number in the subscription, where those are numbered. */
  readonly seq: number | undefined;
  /** When the service queued it, and when it came: ms since the epoch. */
  readonly sentAt: number | undefined;
  readonly receivedAt: number;
  /** `msg` as it came: for fields that this version does not know. */
  readonly raw: JsonObject;
}

/** A message of a type, by its own fields. */
export type KalshiEvent<Type extends MessageType> = MessageHead & { readonly type: Type } & Fields<
    (typeof MESSAGE_FIELDS)[Type]
  >;

export type Fill = KalshiEvent<'fill'>;
export type MarketPosition = KalshiEvent<'market_position'>;
export type UserOrder = KalshiEvent<'user_order'>;
export type OrderGroupUpdate = KalshiEvent<'order_group_updates'>;
export type MarketLifecycle = KalshiEvent<'market_lifecycle_v2' | 'multivariate_market_lifecycle'>;
export type EventLifecycle = KalshiEvent<'event_lifecycle'>;
export type EventFeeUpdate = KalshiEvent<'event_fee_update'>;
export type MultivariateLookup = KalshiEvent<'multivariate_lookup'>;
export type RfqCreated = KalshiEvent<'rfq_created'>;
export type RfqDeleted = KalshiEvent<'rfq_deleted'>;
export type QuoteCreated = KalshiEvent<'quote_created'>;
export type QuoteAccepted = KalshiEvent<'quote_accepted'>;
export type QuoteExecuted = KalshiEvent<'quote_executed'>;
export type IndexValue = KalshiEvent<'cfbenchmarks_value'>;
export type FastIndexValue = KalshiEvent<'cfbenchmarks_value_5hz'>;
export type UnderlyingValue = KalshiEvent<'pyth_value'>;

export function isKnownType(type: string): type is MessageType {
  return Object.hasOwn(MESSAGE_FIELDS, type);
}

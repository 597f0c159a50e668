import { mix, Random } from '../random.ts';
import { CENT, COUNT_UNITS, contracts, dollars, moneyShort, PRICE_UNITS } from './decimal.ts';
import type { WireForm } from './era.ts';
import type { Exchange } from './exchange.ts';
import { hashText, hexDigits, uuid } from './identifiers.ts';
import type { Market } from './market.ts';
import { isInShard, type Publisher } from './publisher.ts';
import type { Session } from './session.ts';
import { secondsText } from './time-text.ts';

/** What the creator is called when nobody may know: the same for all. */
const HIDDEN = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

const SCRIPT = ['rfq_created', 'quote_created', 'quote_accepted', 'quote_executed', 'rfq_deleted'] as const;

/** Somebody who asks or quotes: one of the simulator's users, or a stranger. */
interface Participant {
  readonly user: string | undefined;
  /** The pseudonym that others see. */
  readonly creatorId: string;
}

interface Rfq {
  readonly id: string;
  readonly quoteId: string;
  readonly market: Market;
  readonly asker: Participant;
  readonly quoter: Participant;
  readonly count: number;
  /** 1/1,000,000 $; `undefined` for one that asks for contracts only. */
  readonly targetCost: number | undefined;
  readonly yesBid: number;
  readonly noBid: number;
  /** The markets that a combination is made of. */
  readonly legs: readonly Market[];
}

export interface CommunicationsOptions {
  readonly seed: number;
  readonly form: WireForm;
  readonly exchange: Exchange;
  readonly publisher: Publisher;
}

/** Requests for quotes, one after the other: asked, quoted, accepted, executed, deleted. */
export class Communications {
  readonly #options: CommunicationsOptions;
  readonly #random: Random;
  #next = 0;
  #count = 0;
  #rfq: Rfq | undefined;

  constructor(options: CommunicationsOptions) {
    this.#options = options;
    this.#random = new Random(mix(options.seed, 0x4f9));
  }

  /**
   * Does the next thing of the script.
   * @param users those who ask and quote, in turn with strangers
   */
  act(users: readonly string[]): void {
    if (this.#next === 0) this.#rfq = this.#begin(users);
    const rfq = this.#rfq;
    if (rfq === undefined) return;
    const type = SCRIPT[this.#next]!;
    this.#next = (this.#next + 1) % SCRIPT.length;
    const { ticker } = rfq.market.definition;
    const msg = JSON.stringify(this.#msg(type, rfq));
    const isForAll = type === 'rfq_created' || type === 'rfq_deleted';
    const { publisher } = this.#options;
    publisher.publish('communications', type, msg, undefined, (session, subscription) => {
      if (!isInShard(subscription, ticker)) return false;
      if (subscription.options.isSelf || !isForAll)
        return isHis(session, rfq.asker) || (!isForAll && isHis(session, rfq.quoter));
      return true;
    });
  }

  #begin(users: readonly string[]): Rfq | undefined {
    const { exchange } = this.#options;
    const markets = [...exchange.markets].filter(({ isOpen }) => isOpen);
    const number = this.#count++;
    const random = this.#random;
    const market = markets[random.between(0, markets.length - 1)];
    if (market === undefined) return undefined;
    // One in three is asked by a user, one quoted by a user, and one is between strangers.
    const user = this.#participant(users[Math.floor(number / 3) % Math.max(1, users.length)]);
    const asker = number % 3 === 0 ? user : this.#stranger(number % 2 === 0);
    const quoter = number % 3 === 1 ? user : this.#stranger(false);
    const yesBid = random.between(1, 95) * CENT;
    const count = random.between(1, 50) * 10 * COUNT_UNITS;
    const { isMultivariate } = market.definition;
    return {
      id: uuid(random),
      quoteId: uuid(random),
      market,
      asker,
      quoter,
      count,
      targetCost: number % 2 === 0 ? yesBid * count : undefined,
      yesBid,
      noBid: PRICE_UNITS - yesBid - random.between(1, 4) * CENT,
      legs: isMultivariate ? markets.filter((it) => !it.definition.isMultivariate).slice(0, 2) : [],
    };
  }

  #participant(user: string | undefined): Participant {
    if (user === undefined) return this.#stranger(false);
    return { user, creatorId: hexDigits(new Random(hashText(user)), 64) };
  }

  #stranger(isHidden: boolean): Participant {
    return { user: undefined, creatorId: isHidden ? HIDDEN : hexDigits(this.#random, 64) };
  }

  #msg(type: (typeof SCRIPT)[number], rfq: Rfq): object {
    const now = secondsText(this.#options.exchange.clock.now());
    switch (type) {
      case 'rfq_created':
        return { ...this.#request(rfq), created_ts: now, ...this.#legs(rfq) };
      case 'rfq_deleted':
        return { ...this.#request(rfq), deleted_ts: now };
      case 'quote_created':
        return { ...this.#quote(rfq), created_ts: now };
      case 'quote_accepted':
        return { ...this.#quote(rfq), ...this.#acceptance(rfq) };
      case 'quote_executed':
        return {
          ...this.#parties(rfq),
          order_id: uuid(this.#random),
          client_order_id: `quote-${this.#count}`,
          market_ticker: rfq.market.definition.ticker,
          executed_ts: now,
        };
    }
  }

  #request({ id, asker, market, count, targetCost }: Rfq): object {
    const { form } = this.#options;
    return {
      id,
      creator_id: asker.creatorId,
      market_ticker: market.definition.ticker,
      event_ticker: market.definition.event,
      ...(form.integers && { contracts: count / COUNT_UNITS }),
      ...(form.fixedPointCounts && { contracts_fp: contracts(count) }),
      ...this.#target('target_cost', targetCost),
    };
  }

  #quote(rfq: Rfq): object {
    const { form } = this.#options;
    const { market, yesBid, noBid, count, targetCost } = rfq;
    return {
      ...this.#parties(rfq),
      market_ticker: market.definition.ticker,
      event_ticker: market.definition.event,
      ...(form.integers && { yes_bid: yesBid / CENT, no_bid: noBid / CENT }),
      yes_bid_dollars: dollars(yesBid),
      no_bid_dollars: dollars(noBid),
      ...(form.integers && {
        yes_contracts_offered: count / COUNT_UNITS,
        no_contracts_offered: (2 * count) / COUNT_UNITS,
      }),
      ...(form.fixedPointCounts && {
        yes_contracts_offered_fp: contracts(count),
        no_contracts_offered_fp: contracts(2 * count),
      }),
      ...this.#target('rfq_target_cost', targetCost),
    };
  }

  #parties({ quoteId, id, quoter, asker }: Rfq): object {
    return {
      quote_id: quoteId,
      rfq_id: id,
      quote_creator_id: quoter.creatorId,
      ...(!this.#options.form.anonymousRfqs && { rfq_creator_id: asker.creatorId }),
    };
  }

  #acceptance({ count }: Rfq): object {
    const { form } = this.#options;
    const accepted = count / 2;
    return {
      accepted_side: 'yes',
      ...(form.integers && { contracts_accepted: accepted / COUNT_UNITS }),
      ...(form.fixedPointCounts && { contracts_accepted_fp: contracts(accepted) }),
    };
  }

  #target(name: string, cost: number | undefined): object {
    if (cost === undefined) return {};
    // In integers it is in 1/10,000 $, as next to the strings of the time.
    return {
      ...(this.#options.form.integers && { [name]: cost / 100 }),
      [`${name}_dollars`]: moneyShort(cost),
    };
  }

  #legs({ market, legs }: Rfq): object {
    if (legs.length === 0) return {};
    return {
      mve_collection_ticker: market.definition.series,
      mve_selected_legs: legs.map(({ definition }) => ({
        event_ticker: definition.event,
        market_ticker: definition.ticker,
        side: 'yes',
      })),
    };
  }
}

function isHis({ key }: Session, { user }: Participant): boolean {
  return user !== undefined && key?.user === user;
}

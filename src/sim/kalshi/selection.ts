import type { Channel } from './channels.ts';
import type { Params } from './command.ts';
import type { WireForm } from './era.ts';
import { CommandError } from './error-codes.ts';
import type { Exchange } from './exchange.ts';

/** What of a channel a command is about. */
export interface Selection {
  /** Tickers, index ids or underlyings; `undefined` when the command names none. */
  readonly items: readonly string[] | 'all' | undefined;
  /** Markets were named by their ids. */
  readonly byId: boolean;
}

const NOTHING: Selection = { items: undefined, byId: false };

/**
 * Reads what a command is about. Markets that there are not are left out without a word: that is all that is known of the
 * service, which does not send "Market not found" any more.
 * @throws CommandError
 */
export function selectionOf(
  params: Params,
  { name, filter }: Channel,
  exchange: Exchange,
  form: WireForm,
): Selection {
  switch (filter) {
    case 'none':
      return NOTHING;
    case 'indices':
      return references(params, 'index_ids');
    case 'underlyings':
      return references(params, 'underlying_tickers');
    case 'markets':
    case 'markets-or-all':
      return markets(params, name === 'ticker' && form.marketIds, exchange);
  }
}

function references(params: Params, name: string): Selection {
  const hasMarkets = ['market_ticker', 'market_tickers', 'market_id', 'market_ids'].some((it) =>
    params.has(it),
  );
  if (hasMarkets) throw new CommandError(11);
  const texts = params.texts(name);
  if (texts === undefined || texts.length === 0) return NOTHING;
  return { items: texts.includes('all') ? 'all' : texts, byId: false };
}

function markets(params: Params, mayUseIds: boolean, exchange: Exchange): Selection {
  const tickers = params.oneOrMore('market_ticker', 'market_tickers');
  const ids = params.oneOrMore('market_id', 'market_ids');
  if (ids !== undefined && (tickers !== undefined || !mayUseIds)) throw new CommandError(11);
  const named = ids ?? tickers ?? [];
  if (named.length === 0) return NOTHING;
  const known = named.map((it) => (ids === undefined ? exchange.market(it) : exchange.marketOfId(it)));
  return {
    items: known.flatMap((market) => market?.definition.ticker ?? []),
    byId: ids !== undefined,
  };
}

import type { Channel } from './channels.ts';
import type { Params } from './command.ts';
import type { WireForm } from './era.ts';
import { CommandError } from './error-codes.ts';
import type { SubscriptionOptions } from './subscription.ts';

const MOST_SHARDS = 100;

export interface SubscribeContext {
  readonly form: WireForm;
  /** What `use_yes_price` is when it is not given. */
  readonly yesPriceDefault: boolean;
}

/**
 * Reads what a subscribe asks for beside its markets. What the service of the day did not know yet is passed over.
 * @throws CommandError
 */
export function subscribeOptions(
  params: Params,
  channel: Channel,
  { form, yesPriceDefault }: SubscribeContext,
  byId: boolean,
): SubscriptionOptions {
  const isCommunications = channel.name === 'communications';
  const userFilter = isCommunications && form.userFilter ? (params.text('user_filter') ?? '') : '';
  if (userFilter !== '' && userFilter !== 'self') throw new CommandError(11);
  const useYesPrice = params.has('use_yes_price') ? params.flag('use_yes_price') : yesPriceDefault;
  return {
    useYesPrice: form.useYesPrice && channel.name === 'orderbook_delta' && useYesPrice,
    skipTickerAck: form.skipTickerAck && params.flag('skip_ticker_ack'),
    byId,
    shard: isCommunications && form.sharding ? shardOf(params) : undefined,
    isSelf: userFilter === 'self',
  };
}

function shardOf(params: Params): SubscriptionOptions['shard'] {
  const factor = params.integer('shard_factor');
  const key = params.integer('shard_key');
  if (factor === undefined) {
    if (key !== undefined) throw new CommandError(20);
    return undefined;
  }
  if (factor <= 0) throw new CommandError(19);
  if (factor > MOST_SHARDS) throw new CommandError(22);
  if (key !== undefined && (key < 0 || key >= factor)) throw new CommandError(21);
  return { factor, key: key ?? 0 };
}

import type { ConnectionHealth } from '../../feed/health.ts';
import type { VenueConnectionHealth } from './venue-feed.ts';

/** A connection's health in the words that all venues share. */
export function connectionHealth(
  name: string,
  subscriptions: number,
  { lastFrameAge, lastError, ...rest }: Omit<ConnectionHealth, 'account' | 'instruments'>,
): VenueConnectionHealth {
  const { connection, state, since, epoch, reconnects } = rest;
  return {
    connection,
    name,
    state,
    since,
    epoch,
    subscriptions,
    lastFrameAge: lastFrameAge ?? null,
    reconnects,
    lastError: lastError ?? null,
  };
}

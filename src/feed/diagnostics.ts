import { channel } from 'node:diagnostics_channel';

/**
 * What feeds publish on `node:diagnostics_channel`; free when nobody listens. The payload is that of the feed's event of the
 * same name, with the connection and account (of Kraken, endpoint) that it concerns.
 */
export const CHANNELS = {
  /** A connection went from one state to another: { connection, account, from, to, cause, at }. */
  state: 'tickring:connection:state',
  /** Something failed: { error, connection?, account? }. */
  error: 'tickring:error',
  /** A connection was given up: { connection, account, error }. */
  'gave-up': 'tickring:connection:gave-up',
} as const;

const channels = {
  state: channel(CHANNELS.state),
  error: channel(CHANNELS.error),
  'gave-up': channel(CHANNELS['gave-up']),
};

export function publish(name: keyof typeof CHANNELS, message: object): void {
  if (channels[name].hasSubscribers) channels[name].publish(message);
}

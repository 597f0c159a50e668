import type { KrakenChannel, KrakenEndpoint, MessageType } from './channels.ts';

/** Which messages a fault meets; all when nothing is given. */
export interface MessageTarget {
  readonly channel?: KrakenChannel;
  readonly symbol?: string;
  /** Default `'update'`. */
  readonly type?: MessageType;
}

/**
 * Which connections something is meant for, and, for faults of messages, which messages; all when nothing is given.
 */
export interface KrakenTarget extends MessageTarget {
  /** A connection's id. */
  readonly connection?: number;
  readonly endpoint?: KrakenEndpoint;
}

/** A connection, as far as it may be meant or not. */
export interface Meetable {
  readonly id: number;
  readonly endpoint: KrakenEndpoint;
}

/** Whether this connection is one of those that are meant. */
export function meets({ connection, endpoint }: KrakenTarget, session: Meetable): boolean {
  return (connection ?? session.id) === session.id && (endpoint ?? session.endpoint) === session.endpoint;
}

import { TickringError } from '../errors.ts';
import { ERROR_UNKNOWN_CHANNEL } from './protocol.ts';

/** Of an error of the service: its number, its words, and what it is about, as far as it says. */
export interface ServiceErrorFields {
  /** Kalshi's number; undefined when it gave none. Open: numbers that this version does not know come as they are. */
  readonly number: number | undefined;
  readonly channel?: string | undefined;
  readonly sid?: number | undefined;
}

/** `ERR_TICKRING_SERVICE`: Kalshi said that something went wrong; the message has its own words. */
export class KalshiServiceError extends TickringError {
  readonly number: number | undefined;
  readonly channel: string | undefined;
  readonly sid: number | undefined;

  /** @param words the service's own, without secrets */
  constructor(words: string, { number, channel, sid }: ServiceErrorFields) {
    const about = channel === undefined ? '' : ` about ${channel}`;
    const numbered = number === undefined ? '' : ` ${number}`;
    super(
      'ERR_TICKRING_SERVICE',
      `the service answered with error${numbered}${about}: ${words}${hint(number, channel)}`,
    );
    this.number = number;
    this.channel = channel;
    this.sid = sid;
  }
}

function hint(number: number | undefined, channel: string | undefined): string {
  if (number !== ERROR_UNKNOWN_CHANNEL) return '';
  return channel === 'multivariate'
    ? '; Kalshi removed this channel on 2026-08-06: see multivariate_market_lifecycle and communications'
    : '; this server does not have the channel';
}

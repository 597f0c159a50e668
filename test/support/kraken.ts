/** Kraken simulators and feeds for tests, and ways to wait for what they do. */

import {
  KrakenFeed,
  type KrakenFeedEvents,
  type KrakenFeedOptions,
  type KrakenReader,
} from 'tickring/kraken';
import { KRAKEN_DEMO_SECRET, KrakenSimulator, type KrakenSimulatorOptions } from 'tickring/sim';
import { AT_ONCE } from './feed.ts';

export const BTC = 'BTC/USD';
export const ETH = 'ETH/USD';
export const XRP = 'XRP/USD';

/** What the simulator lets in. */
export const DEMO = { apiKey: 'demo', apiSecret: KRAKEN_DEMO_SECRET };

/**
 * Feeds as tests use them: they come back at once, do not reserve more than they need, and give a machine that has other things
 * to do all the time that it takes.
 */
const FOR_TESTS: KrakenFeedOptions = {
  reconnect: AT_ONCE,
  stableAfter: 0,
  connections: 2,
  books: 64,
  symbols: 512,
  // Tests of these set their own.
  ackTimeout: 60_000,
  readTimeout: 60_000,
  handshakeTimeout: 60_000,
  requestRate: { burst: 1000, perSecond: 100_000 },
};

/** A simulator that listens, and in which nothing happens but what is asked for. */
export async function krakenSimulator(options: KrakenSimulatorOptions = {}): Promise<KrakenSimulator> {
  const simulator = new KrakenSimulator({ rate: 0, accountRate: 0, ...options });
  await simulator.listen();
  return simulator;
}

export function addressesOf({ url, authUrl, level3Url, restUrl }: KrakenSimulator): KrakenFeedOptions {
  return { url, authUrl, level3Url, restUrl };
}

export function krakenFeed(simulator: KrakenSimulator, options: KrakenFeedOptions = {}): KrakenFeed {
  return new KrakenFeed({ ...FOR_TESTS, ...addressesOf(simulator), ...options });
}

/** The values of a feed's next event that is accepted. Call it before what causes the event. */
export function krakenEvent<Name extends keyof KrakenFeedEvents & string>(
  feed: KrakenFeed,
  name: Name,
  accepts: (...values: KrakenFeedEvents[Name]) => boolean = () => true,
): Promise<KrakenFeedEvents[Name]> {
  return new Promise((resolve) => {
    const listener = (...values: KrakenFeedEvents[Name]) => {
      if (!accepts(...values)) return;
      feed.off(name, listener);
      resolve(values);
    };
    feed.on(name, listener);
  });
}

/** What the simulator streams: channel, symbol and variant, in order of the alphabet. */
export function streamedBy(simulator: KrakenSimulator): string[] {
  return simulator
    .subscriptions()
    .map(({ channel, symbol, variant }) =>
      [channel, symbol, variant].filter((part) => part !== undefined).join(' '),
    )
    .sort();
}

/** Requests that a simulator was sent, from now on, without pings. */
export function recordRequests(simulator: KrakenSimulator): string[] {
  const requests: string[] = [];
  simulator.on('request', ({ method, channel, symbols }) => {
    if (method !== 'ping') requests.push(`${method} ${channel} ${symbols.join(',')}`.trim());
  });
  return requests;
}

/** Reads on, batch by batch, until the condition holds; looks at it first. */
export async function untilRead(reader: KrakenReader, condition: () => boolean): Promise<void> {
  while (!condition()) {
    if (!(await reader.wait())) throw new Error('the feed was closed before that');
    for (const _ of reader.drain());
  }
}

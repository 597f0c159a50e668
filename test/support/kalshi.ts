/** Kalshi simulators and feeds for tests, and ways to wait for what they do. */

import {
  KalshiFeed,
  type KalshiFeedEvents,
  type KalshiFeedOptions,
  type KalshiReader,
  type Levels,
} from 'tickring/kalshi';
import { KalshiSimulator, type KalshiSimulatorOptions, makeKalshiKey } from 'tickring/sim';
import { AT_ONCE } from './feed.ts';
import { until } from './memory.ts';

/** What a test signs with, unless it says otherwise. */
export const { key: KEY, credentials: CREDENTIALS } = makeKalshiKey();

/** Feeds as tests use them: they come back at once, and do not reserve more than they need. */
const FOR_TESTS = { reconnect: AT_ONCE, stableAfter: 0, books: 64, symbols: 512 };

/** A simulator that listens, and in which nothing happens but what is asked for. */
export async function kalshiSimulator(options: KalshiSimulatorOptions = {}): Promise<KalshiSimulator> {
  const simulator = new KalshiSimulator({ rate: 0, actEvery: 0, markets: 20, keys: [KEY], ...options });
  await simulator.listen();
  return simulator;
}

export function kalshiFeed(simulator: KalshiSimulator, options: Partial<KalshiFeedOptions> = {}): KalshiFeed {
  return new KalshiFeed({ ...FOR_TESTS, ...CREDENTIALS, url: simulator.url, ...options });
}

/** The values of a feed's next event that is accepted. Call it before what causes the event. */
export function kalshiEvent<Name extends keyof KalshiFeedEvents & string>(
  feed: KalshiFeed,
  name: Name,
  accepts: (...values: KalshiFeedEvents[Name]) => boolean = () => true,
): Promise<KalshiFeedEvents[Name]> {
  return new Promise((resolve) => {
    const listener = (...values: KalshiFeedEvents[Name]) => {
      if (!accepts(...values)) return;
      feed.off(name, listener);
      resolve(values);
    };
    feed.on(name, listener);
  });
}

/** What the simulator streams: channel and items, in order of the alphabet. */
export function streamedBy(simulator: KalshiSimulator): string[] {
  return simulator
    .subscriptions()
    .flatMap(({ subscriptions }) =>
      subscriptions.map(
        ({ channel, items }) => `${channel} ${items === 'all' ? 'all' : [...items].sort().join(',')}`,
      ),
    )
    .sort();
}

/** Commands that a simulator was sent, from now on. */
export function recordCommands(simulator: KalshiSimulator): string[] {
  const commands: string[] = [];
  simulator.on('command', ({ cmd }) => commands.push(cmd));
  return commands;
}

/** Reads on, batch by batch, until the condition holds; looks at it first. */
export async function untilRead(reader: KalshiReader, condition: () => boolean): Promise<void> {
  while (!condition()) {
    if (!(await reader.wait())) throw new Error('the feed was closed before that');
    for (const _ of reader.drain());
  }
}

/** A feed's book in the simulator's terms: what each side bids, ascending, in units. */
export function bookOf(feed: KalshiFeed, market: string): ReturnType<KalshiSimulator['book']> | undefined {
  const book = feed.book(market).read();
  if (!book) return undefined;
  const side = ({ length, priceUnits, sizeUnits }: LevelsOf) =>
    Array.from({ length }, (_, level) => [priceUnits(level), sizeUnits(level)] as const).reverse();
  return { yes: side(levelsOf(book.yesBids)), no: side(levelsOf(book.noBids)) };
}

interface LevelsOf {
  readonly length: number;
  readonly priceUnits: (level: number) => number;
  readonly sizeUnits: (level: number) => number;
}

function levelsOf(levels: Levels): LevelsOf {
  return {
    length: levels.length,
    priceUnits: (level) => levels.priceUnits(level),
    sizeUnits: (level) => levels.sizeUnits(level),
  };
}

/** Waits until a market's book is the true one, and trusted. */
export async function untilRight(
  feed: KalshiFeed,
  simulator: KalshiSimulator,
  market: string,
): Promise<void> {
  const right = JSON.stringify(simulator.book(market));
  await until(() => feed.book(market).trusted && JSON.stringify(bookOf(feed, market)) === right);
}

/** Far more than it takes for one of them to be a change of the book. */
const MOST_STEPS = 10_000;

/** Lets things happen in a market until its simulator has sent another message of its book. */
export function stepBook(simulator: KalshiSimulator, market: string): void {
  const sent = () => {
    const { sent, injected } = simulator.stats();
    const { orderbook_delta: deltas = 0 } = sent;
    return deltas + injected.dropped + injected.damaged;
  };
  const before = sent();
  for (let steps = 0; sent() === before; steps++) {
    if (steps === MOST_STEPS) throw new Error(`nobody is sent what happens to ${market}`);
    simulator.step(1, market);
  }
}

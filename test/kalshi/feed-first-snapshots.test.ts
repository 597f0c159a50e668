import type { GapEvent, KalshiFeed } from 'tickring/kalshi';
import type { KalshiSimulator } from 'tickring/sim';
import { describe, expect, test } from 'vitest';
import {
  kalshiEvent,
  kalshiFeed,
  kalshiSimulator,
  recordCommands,
  stepBook,
  untilRight,
} from '../support/kalshi.ts';
import { FirstSnapshots } from '../support/kalshi-internals.ts';
import { leap, useLeapingClock } from '../support/leaping-clock.ts';
import { until } from '../support/memory.ts';

const BOOKS = 'orderbook_delta';

/** Time does not pass by itself: what has to come in time may take as long as it does. */
const PATIENT = { recoveryTimeout: 600_000, readTimeout: Number.POSITIVE_INFINITY };

useLeapingClock();

/** Time passes, step by step, until the condition holds, and not after that. */
async function leapUntil(condition: () => boolean): Promise<void> {
  await until(() => {
    if (condition()) return true;
    leap(PATIENT.recoveryTimeout);
    return false;
  });
}

/** Gaps and what was done about them, in their order, from now on. */
function recordStory(feed: KalshiFeed): { readonly story: string[]; readonly gaps: GapEvent[] } {
  const story: string[] = [];
  const gaps: GapEvent[] = [];
  feed.on('gap', (gap) => {
    gaps.push(gap);
    story.push(`gap ${gap.reason}`);
  });
  feed.on('resync', ({ outcome, step }) => story.push(`${outcome} ${step}`));
  return { story, gaps };
}

/** Open markets. */
function marketsOf(simulator: KalshiSimulator): [string, string, string, string] {
  const open = simulator.tickers.filter((ticker) => simulator.market(ticker).isOpen);
  return open.slice(0, 4) as [string, string, string, string];
}

/** A started feed whose connection is open. */
async function opened(simulator: KalshiSimulator): Promise<KalshiFeed> {
  const feed = kalshiFeed(simulator, PATIENT);
  await feed.start();
  await feed.ready();
  return feed;
}

function withhold(simulator: KalshiSimulator, market: string, snapshots = 1): void {
  simulator.inject({ kind: 'withhold-snapshot', snapshots }, { ticker: market });
}

describe('a first snapshot that does not come', () => {
  test('is told, and asked for', async () => {
    await using simulator = await kalshiSimulator();
    await using feed = await opened(simulator);
    const { story, gaps } = recordStory(feed);
    const [a, b] = marketsOf(simulator);
    withhold(simulator, a);
    expect(await feed.subscribe({ channel: BOOKS, markets: [a, b] })).toMatchObject({ confirmed: [a, b] });
    for (const market of [a, b]) stepBook(simulator, market);
    await untilRight(feed, simulator, b);
    expect(feed.book(a)).toMatchObject({ state: 'empty', trusted: false });
    expect(story).toEqual([]);
    const commands = recordCommands(simulator);
    const done = kalshiEvent(feed, 'resync', ({ outcome }) => outcome === 'done');
    await leapUntil(() => story.length > 0);
    expect((await done)[0]).toMatchObject({ connection: 0, step: 'snapshot', markets: [a] });
    await untilRight(feed, simulator, a);
    expect(story).toEqual(['gap no-snapshot', 'asked snapshot', 'done snapshot']);
    expect(gaps).toMatchObject([
      { reason: 'no-snapshot', channel: BOOKS, sid: 1, connection: 0, markets: [a] },
    ]);
    expect(commands).toEqual(['update_subscription']);
    expect(feed.book(b).trusted).toBe(true);
    expect(feed.health().status).toBe('ok');
    expect(feed.stats()).toMatchObject({ gaps: 1, snapshotsAsked: 1, resubscribes: 0, resynced: 1 });
  });

  test('whatever is done leaves the book to itself in the end, and does not make later gaps worse', async () => {
    await using simulator = await kalshiSimulator();
    await using feed = await opened(simulator);
    const { story } = recordStory(feed);
    const [a, b] = marketsOf(simulator);
    withhold(simulator, a, 1000);
    simulator.on('connection', () => setImmediate(() => withhold(simulator, a, 1000)));
    await feed.subscribe({ channel: BOOKS, markets: [a, b] });
    await untilRight(feed, simulator, b);
    await leapUntil(() => story.includes('step reconnect'));
    await until(() => feed.book(b).trusted && feed.book(b).epoch === 2);
    await leapUntil(() => story.includes('degraded reconnect'));
    expect(story.splice(0)).toEqual([
      'gap no-snapshot',
      'asked snapshot',
      'step resubscribe',
      'step reconnect',
      'degraded reconnect',
    ]);
    expect(feed.health()).toMatchObject({ status: 'degraded', degradedBooks: [a] });
    simulator.inject({ kind: 'drop' }, { channel: BOOKS, ticker: b });
    for (let n = 0; n < 2; n++) stepBook(simulator, b);
    await until(() => story.includes('asked snapshot'));
    await untilRight(feed, simulator, b);
    await leapUntil(() => story.includes('degraded snapshot'));
    expect(story).toEqual(['gap sequence', 'asked snapshot', 'degraded snapshot']);
    expect(simulator.stats().accepted).toBe(2);
  });

  test('of a market that the service has not named is asked for, and nothing more', async () => {
    await using simulator = await kalshiSimulator();
    await using feed = await opened(simulator);
    const { story, gaps } = recordStory(feed);
    const [a] = marketsOf(simulator);
    await feed.subscribe({ channel: BOOKS, markets: [a, 'NO-SUCH-MARKET'], skipTickerAck: true });
    await untilRight(feed, simulator, a);
    await leapUntil(() => story.includes('degraded snapshot'));
    expect(story).toEqual(['gap no-snapshot', 'asked snapshot', 'degraded snapshot']);
    expect(gaps).toMatchObject([{ markets: ['NO-SUCH-MARKET'] }]);
    expect(feed.health().degradedBooks).toEqual(['NO-SUCH-MARKET']);
    expect(feed.book(a).trusted).toBe(true);
  });
});

describe('no snapshot is missed', () => {
  test('of markets that the service does not have, that are wanted no longer, or were cleared', async () => {
    await using simulator = await kalshiSimulator();
    await using feed = await opened(simulator);
    const { gaps } = recordStory(feed);
    const [a, b, c, d] = marketsOf(simulator);
    for (const market of [a, b, c]) withhold(simulator, market);
    const { missing } = await feed.subscribe({ channel: BOOKS, markets: [a, b, c, d, 'NO-SUCH-MARKET'] });
    expect(missing).toEqual(['NO-SUCH-MARKET']);
    await feed.unsubscribe({ channel: BOOKS, markets: [a] });
    feed.clear([b]);
    await leapUntil(() => gaps.length > 0);
    expect(gaps).toMatchObject([{ reason: 'no-snapshot', markets: [c] }]);
  });

  test('of a connection that is lost: the next one brings all', async () => {
    await using simulator = await kalshiSimulator();
    await using feed = await opened(simulator);
    const { story, gaps } = recordStory(feed);
    const [a, b] = marketsOf(simulator);
    withhold(simulator, a);
    await feed.subscribe({ channel: BOOKS, markets: [a] });
    simulator.disconnect();
    await untilRight(feed, simulator, a);
    withhold(simulator, b);
    await feed.subscribe({ channel: BOOKS, markets: [b] });
    const done = kalshiEvent(feed, 'resync', ({ outcome }) => outcome === 'done');
    await leapUntil(() => story.length > 0);
    await done;
    expect(story).toEqual(['gap no-snapshot', 'asked snapshot', 'done snapshot']);
    expect(gaps).toMatchObject([{ markets: [b] }]);
  });
});

describe('what is awaited', () => {
  const none = () => false;
  const late = (first: FirstSnapshots, awaited: readonly string[], isBehind = none) =>
    first
      .late((_, market) => awaited.includes(market), isBehind)
      .map(({ connection, markets }) => `${connection} ${[...markets].join(',')}`);

  test('has its time anew with each book that comes of those that were acknowledged with it', () => {
    const first = new FirstSnapshots(PATIENT.recoveryTimeout);
    first.expect(0, ['A', 'B', 'C'], true);
    first.expect(1, ['A'], true);
    leap(PATIENT.recoveryTimeout);
    expect(late(first, ['A', 'B'])).toEqual(['1 A']);
    expect(late(first, ['A', 'B'])).toEqual([]);
    leap(PATIENT.recoveryTimeout);
    expect(late(first, ['A', 'B'])).toEqual(['0 A,B']);
    expect(late(first, ['A', 'B'])).toEqual([]);
  });

  test('is not late while what has been received has not been read', () => {
    const first = new FirstSnapshots(PATIENT.recoveryTimeout);
    first.expect(0, ['A'], true);
    leap(PATIENT.recoveryTimeout);
    expect(late(first, ['A'], () => true)).toEqual([]);
    expect(late(first, ['A'])).toEqual(['0 A']);
  });
});

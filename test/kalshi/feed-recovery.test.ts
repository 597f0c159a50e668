import { once } from 'node:events';
import type { BookResync, GapEvent, KalshiFeed, KalshiFeedOptions } from 'tickring/kalshi';
import type { KalshiSimulator, KalshiSimulatorOptions } from 'tickring/sim';
import { describe, expect, test } from 'vitest';
import { rejection } from '../support/feed.ts';
import {
  kalshiEvent,
  kalshiFeed,
  kalshiSimulator,
  recordCommands,
  stepBook,
  untilRight,
} from '../support/kalshi.ts';
import { leap, useLeapingClock } from '../support/leaping-clock.ts';
import { until } from '../support/memory.ts';

const BOOKS = 'orderbook_delta';

interface Streaming extends AsyncDisposable {
  readonly simulator: KalshiSimulator;
  readonly feed: KalshiFeed;
  readonly markets: readonly string[];
  /** Gaps and what was done about them, in their order. */
  readonly story: string[];
  readonly gaps: GapEvent[];
  /** Resolves with the next such outcome. */
  outcome(outcome: BookResync['outcome'], step?: BookResync['step']): Promise<BookResync>;
  /** All books are the true ones. */
  right(): Promise<void>;
}

/** A feed with three books that stand, and steps that do not end by themselves. */
async function streaming(
  options: Partial<KalshiFeedOptions> = {},
  simulated: KalshiSimulatorOptions = {},
): Promise<Streaming> {
  const simulator = await kalshiSimulator(simulated);
  const feed = kalshiFeed(simulator, { ...PATIENT, ...options });
  await feed.start();
  const markets = simulator.tickers.filter((ticker) => simulator.market(ticker).isOpen).slice(0, 3);
  await feed.subscribe({ channel: BOOKS, markets });
  for (const market of markets) stepBook(simulator, market);
  for (const market of markets) await untilRight(feed, simulator, market);
  const story: string[] = [];
  const gaps: GapEvent[] = [];
  feed.on('gap', (gap) => {
    gaps.push(gap);
    story.push(`gap ${gap.reason}`);
  });
  feed.on('resync', ({ outcome, step }) => story.push(`${outcome} ${step}`));
  return {
    simulator,
    feed,
    markets,
    story,
    gaps,
    outcome: async (outcome, step) => {
      const [resync] = await kalshiEvent(
        feed,
        'resync',
        (each) => each.outcome === outcome && (step === undefined || each.step === step),
      );
      return resync;
    },
    right: async () => {
      for (const market of markets) await untilRight(feed, simulator, market);
    },
    [Symbol.asyncDispose]: async () => {
      await feed.close();
      await simulator.close();
    },
  };
}

/** Time does not pass by itself: what has to come in time may take as long as it does. */
const PATIENT = { recoveryTimeout: 600_000, readTimeout: Number.POSITIVE_INFINITY };
/** Where steps may be needed that nobody foresees, time passes. */
const IN_TIME = { recoveryTimeout: 5000 };

useLeapingClock();

/** A gap, and the service hears neither of the request for snapshots nor of that for another subscription in time. */
async function loseForTwoSteps({ simulator, markets }: Streaming): Promise<void> {
  const commands = recordCommands(simulator);
  simulator.inject({ kind: 'ignore-command', commands: 2 });
  loseOne(simulator, markets[0]!);
  for (const step of [1, 2]) {
    await until(() => commands.length === step);
    leap(PATIENT.recoveryTimeout);
  }
}

/** Drops a delta of a market, and sends another, by which that is noticed. */
function loseOne(simulator: KalshiSimulator, market: string): void {
  simulator.inject({ kind: 'drop' }, { channel: BOOKS });
  stepBook(simulator, market);
  stepBook(simulator, market);
}

describe('a gap in the numbers of a subscription', () => {
  test('makes all its books untrusted, and snapshots bring them back', async () => {
    await using it = await streaming();
    const { simulator, feed, markets, story, gaps } = it;
    const commands = recordCommands(simulator);
    const trusted: boolean[] = [];
    feed.on('gap', () => trusted.push(...markets.map((market) => feed.book(market).trusted)));
    const done = it.outcome('done');
    loseOne(simulator, markets[0]!);
    expect(await done).toMatchObject({ connection: 0, step: 'snapshot', markets: [...markets] });
    expect(trusted).toEqual([false, false, false]);
    expect(story).toEqual(['gap sequence', 'asked snapshot', 'done snapshot']);
    const [gap] = gaps;
    expect(gap).toMatchObject({
      channel: BOOKS,
      sid: 1,
      connection: 0,
      markets: [...markets],
      number: undefined,
    });
    expect(gap!.received).toBe(gap!.expected! + 1);
    expect(commands).toEqual(['update_subscription']);
    await it.right();
    stepBook(simulator, markets[1]!);
    await it.right();
    expect(feed.stats()).toMatchObject({
      gaps: 1,
      snapshotsAsked: 1,
      resubscribes: 0,
      reopens: 0,
      resynced: 1,
    });
    expect(feed.health().status).toBe('ok');
  });

  test('is a duplicate or another order, too', async () => {
    for (const kind of ['duplicate', 'reorder'] as const) {
      await using it = await streaming();
      const { simulator, markets, gaps } = it;
      const done = it.outcome('done');
      simulator.inject({ kind }, { channel: BOOKS });
      stepBook(simulator, markets[0]!);
      stepBook(simulator, markets[0]!);
      await done;
      await it.right();
      expect(gaps[0]!.reason).toBe('sequence');
    }
  });

  test('may be that of a snapshot, or of an acknowledgement', async () => {
    await using it = await streaming();
    const { simulator, feed, gaps } = it;
    const more = simulator.tickers.filter((ticker) => simulator.market(ticker).isOpen)[5]!;
    simulator.inject({ kind: 'drop' }, { channel: BOOKS, type: 'orderbook_snapshot' });
    const done = it.outcome('done');
    await feed.subscribe({ channel: BOOKS, markets: [more] });
    stepBook(simulator, more);
    await done;
    await untilRight(feed, simulator, more);
    expect(gaps[0]!.markets).toContain(more);
  });

  test('that snapshots do not mend is mended by subscribing anew', async () => {
    await using it = await streaming();
    const { simulator, feed, markets, story } = it;
    const commands = recordCommands(simulator);
    // The service never comes to hear of the request for snapshots.
    simulator.inject({ kind: 'ignore-command' });
    const done = it.outcome('done');
    loseOne(simulator, markets[0]!);
    await until(() => commands.length === 1);
    leap(PATIENT.recoveryTimeout);
    await done;
    expect(story).toEqual(['gap sequence', 'asked snapshot', 'step resubscribe', 'done resubscribe']);
    expect(commands.slice(0, 3)).toEqual(['update_subscription', 'unsubscribe', 'subscribe']);
    await it.right();
    expect(feed.subscriptions()[0]).toMatchObject({ sid: 2, held: [...markets] });
    expect(feed.stats()).toMatchObject({ gaps: 1, resubscribes: 1, resynced: 1 });
  });

  test('in the snapshots of a new subscription has them asked for at once', async () => {
    await using it = await streaming();
    const { simulator, feed, markets, story } = it;
    const commands = recordCommands(simulator);
    simulator.inject({ kind: 'ignore-command' });
    const done = it.outcome('done');
    loseOne(simulator, markets[0]!);
    await until(() => commands.length === 1);
    simulator.inject({ kind: 'drop' }, { type: 'orderbook_snapshot', ticker: markets[1]! });
    leap(PATIENT.recoveryTimeout);
    await done;
    expect(story).toEqual([
      'gap sequence',
      'asked snapshot',
      'step resubscribe',
      'gap sequence',
      'done resubscribe',
    ]);
    await it.right();
    expect(feed.stats()).toMatchObject({ gaps: 2, resubscribes: 1, reopens: 0, resynced: 1 });
  });

  test('goes to the next step at once when the service refuses snapshots', async () => {
    await using it = await streaming({}, { era: '2026-03' });
    const { simulator, markets, story } = it;
    const done = it.outcome('done');
    loseOne(simulator, markets[0]!);
    await done;
    expect(story).toEqual(['gap sequence', 'asked snapshot', 'step resubscribe', 'done resubscribe']);
    await it.right();
  });

  test('that subscribing anew does not mend either is mended by connecting anew', async () => {
    await using it = await streaming();
    const { simulator, feed, markets, story } = it;
    const lost = kalshiEvent(feed, 'connection-lost');
    const done = it.outcome('done');
    await loseForTwoSteps(it);
    await done;
    expect(story).toEqual([
      'gap sequence',
      'asked snapshot',
      'step resubscribe',
      'step reconnect',
      'done reconnect',
    ]);
    expect((await lost)[0]).toMatchObject({ subscriptions: [{ channel: BOOKS, items: [...markets] }] });
    expect(feed.health().connections[0]?.reconnects).toBe(1);
    await it.right();
    expect(simulator.stats().accepted).toBe(2);
    expect(feed.stats()).toMatchObject({ snapshotsAsked: 1, resubscribes: 1, reopens: 1, resynced: 1 });
  });

  test('that nothing mends leaves the books as they are, until somebody asks', async () => {
    await using it = await streaming();
    const { simulator, feed, markets, story } = it;
    const [market, ...others] = markets;
    // Snapshots of one market get lost, whoever asks for them.
    const rob = () =>
      simulator.inject({ kind: 'half-json', frames: 1 }, { ticker: market!, type: 'orderbook_snapshot' });
    simulator.on('connection', () => setImmediate(rob));
    await loseForTwoSteps(it);
    await until(() => others.every((other) => feed.book(other).trusted && feed.book(other).epoch === 2));
    // The time of the last step runs from when the service has answered.
    await until(() => {
      leap(PATIENT.recoveryTimeout);
      return story.at(-1) === 'degraded reconnect';
    });
    expect(feed.health()).toMatchObject({ status: 'degraded', degradedBooks: [market] });
    expect(feed.stats()).toMatchObject({ degraded: 1 });
    const done = it.outcome('done');
    expect(feed.resync()).toBe(true);
    await done;
    await it.right();
    expect(feed.health()).toMatchObject({ status: 'ok', degradedBooks: [] });
  });

  test('of trades is told, and nothing more', async () => {
    await using it = await streaming();
    const { simulator, feed, markets, story } = it;
    await feed.subscribe({ channel: 'trade', markets });
    const commands = recordCommands(simulator);
    const gap = kalshiEvent(feed, 'gap');
    simulator.inject({ kind: 'drop' }, { channel: 'trade' });
    const trades = () => {
      const { trade = 0 } = simulator.stats().sent;
      return trade;
    };
    while (trades() < 2) simulator.step(1, markets[0]!);
    expect(await gap).toMatchObject([{ reason: 'sequence', channel: 'trade', markets: [...markets] }]);
    await it.right();
    expect(story).toEqual(['gap sequence']);
    expect(commands).toEqual([]);
  });
});

describe('books that look right', () => {
  test('are sent anew when somebody asks, and are done when they have come', async () => {
    await using it = await streaming();
    const { simulator, feed, markets, story } = it;
    const [a, b] = markets;
    const commands = recordCommands(simulator);
    const before = markets.map((market) => feed.book(market).seq);
    const done = it.outcome('done');
    expect(feed.resync([a!, b!])).toBe(true);
    // They are being mended already.
    expect(feed.resync([b!])).toBe(true);
    expect((await done).markets).toEqual([a, b]);
    expect(story).toEqual(['asked snapshot', 'done snapshot']);
    expect(commands).toEqual(['update_subscription']);
    expect(markets.map((market) => feed.book(market).state)).toEqual(['snapshot', 'snapshot', 'live']);
    expect(feed.book(a!).seq).toBeGreaterThan(before[0]!);
    await it.right();
  });

  test('are subscribed to anew when their snapshots do not come', async () => {
    await using it = await streaming();
    const { simulator, feed, markets, story } = it;
    const [a, b] = markets;
    const commands = recordCommands(simulator);
    simulator.inject({ kind: 'ignore-command', commands: 2 });
    const done = it.outcome('done');
    feed.resync([a!]);
    feed.resync([b!]);
    await until(() => commands.length === 2);
    leap(PATIENT.recoveryTimeout);
    expect(new Set((await done).markets)).toEqual(new Set(markets));
    expect(story).toEqual(['asked snapshot', 'step resubscribe', 'done resubscribe']);
    await it.right();
  });
});

describe('a gap of one book', () => {
  test('a level below zero: only that book is asked for', async () => {
    await using it = await streaming();
    const { simulator, feed, markets, story, gaps } = it;
    const [a, b] = markets;
    const others: boolean[] = [];
    feed.on('gap', () => others.push(feed.book(b!).trusted));
    const done = it.outcome('done');
    simulator.inject({ kind: 'negative-level' }, { ticker: a! });
    expect(await done).toMatchObject({ markets: [a], step: 'snapshot' });
    expect(gaps).toMatchObject([{ reason: 'negative', channel: BOOKS, markets: [a], expected: undefined }]);
    expect(story).toEqual(['gap negative', 'asked snapshot', 'done snapshot']);
    expect(others).toEqual([true]);
    await it.right();
  });

  test('a message that its book cannot take', async () => {
    await using it = await streaming();
    const { simulator, feed, markets, gaps } = it;
    const [a] = markets;
    const done = it.outcome('done');
    const { seq = 0 } = simulator.subscriptions()[0]?.subscriptions[0] ?? {};
    const msg = { market_ticker: a, price_dollars: '0.12345', delta_fp: '1.00', side: 'yes' };
    simulator.sendText(JSON.stringify({ type: 'orderbook_delta', sid: 1, seq: seq + 1, msg }));
    // The number that was taken is taken again: a gap of the whole subscription, after that of the book.
    expect((await done).markets).toContain(a);
    expect(gaps[0]).toMatchObject({ reason: 'unusable', markets: [a] });
    await it.right();
    expect(feed.stats().inexact).toBeGreaterThan(0);
  });
});

describe('a subscription that the service ends', () => {
  test.each([
    ['buffer-overflow', 25],
    ['channel-error', 10],
  ] as const)(
    'by %s (error %i) is subscribed to anew, without asking for snapshots',
    async (kind, number) => {
      await using it = await streaming();
      const { simulator, feed, markets, story, gaps } = it;
      const commands = recordCommands(simulator);
      const ended = kalshiEvent(feed, 'unsubscribed');
      const error = kalshiEvent(feed, 'error');
      const done = it.outcome('done');
      simulator.inject({ kind }, { channel: BOOKS });
      expect(await ended).toMatchObject([{ channel: BOOKS, items: [...markets], reason: 'ended', number }]);
      expect((await error)[0]).toMatchObject({
        code: 'ERR_TICKRING_SERVICE',
        number,
        channel: BOOKS,
        sid: 1,
      });
      await done;
      expect(story).toEqual(['gap ended', 'asked resubscribe', 'done resubscribe']);
      expect(gaps).toMatchObject([{ reason: 'ended', number, markets: [...markets] }]);
      expect(commands).toEqual(['subscribe']);
      await it.right();
      expect(feed.stats()).toMatchObject({ ended: 1, gaps: 1, resynced: 1 });
    },
  );

  test('and has no books is subscribed to anew, too', async () => {
    await using simulator = await kalshiSimulator();
    await using feed = kalshiFeed(simulator);
    await feed.start();
    await feed.subscribe({ channel: 'fill' });
    simulator.inject({ kind: 'channel-error' }, { channel: 'fill' });
    await until(() => feed.subscriptions()[0]?.sid === 2);
    expect(feed.stats()).toMatchObject({ ended: 1, resynced: 0 });
  });

  test('as an answer to a command about it is subscribed to anew, too', async () => {
    await using simulator = await kalshiSimulator();
    await using feed = kalshiFeed(simulator);
    await feed.start();
    const [a, b] = simulator.tickers as [string, string];
    await feed.subscribe({ channel: 'ticker', markets: [a] });
    simulator.inject({ kind: 'ignore-command' });
    const asked = once(simulator, 'command') as Promise<[{ id: number }]>;
    const refused = rejection(feed.subscribe({ channel: 'ticker', markets: [b] }));
    const [{ id }] = await asked;
    const ended = kalshiEvent(feed, 'unsubscribed');
    const msg = { code: 10, msg: 'Channel error' };
    simulator.sendText(JSON.stringify({ id, sid: 1, seq: 2, type: 'error', msg }));
    expect(await refused).toMatchObject({ refused: [{ channel: 'ticker', symbol: b }] });
    expect(await ended).toMatchObject([{ channel: 'ticker', items: [a], reason: 'ended', number: 10 }]);
    await until(() => feed.subscriptions()[0]?.held.includes(a) === true);
    expect(feed.stats()).toMatchObject({ ended: 1, serviceErrors: 1 });
  });

  test('because its reader is too slow, comes back', async () => {
    await using it = await streaming(IN_TIME, { sendQueueBytes: 20_000 });
    const { simulator, feed, markets, story } = it;
    const done = it.outcome('done');
    // Nobody reads while this goes on.
    while (simulator.stats().overflows === 0) simulator.step(200, markets[0]!);
    await done;
    expect(story[0]).toBe('gap ended');
    await it.right();
    expect(feed.isSubscribed(BOOKS, markets[0])).toBe(true);
  });

  test('an error that does not end it is told, and it goes on', async () => {
    await using it = await streaming();
    const { simulator, feed, markets, story } = it;
    const error = kalshiEvent(feed, 'error');
    simulator.inject({ kind: 'subscription-error', code: 4711 }, { channel: BOOKS });
    expect((await error)[0]).toMatchObject({ number: 4711, channel: BOOKS });
    stepBook(simulator, markets[0]!);
    await it.right();
    expect(story).toEqual([]);
  });
});

test('whatever gets lost of many books, they come to be the true ones', async () => {
  await using it = await streaming(IN_TIME, { seed: 11 });
  const { simulator, feed, markets } = it;
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  for (let round = 0; round < 60; round++) {
    const kind = (['drop', 'duplicate', 'reorder', 'half-json'] as const)[round % 4]!;
    // The last rounds meet what is left of these.
    if (round < 16) simulator.inject({ kind }, { channel: BOOKS });
    for (const market of markets) simulator.step(3, market);
    await turn();
  }
  // Not in the middle of a step, where the service may have been told to stop.
  await until(() => feed.state === 'subscribed' && markets.every((market) => feed.book(market).trusted));
  // A loss shows in what comes after it.
  for (const market of markets) stepBook(simulator, market);
  await it.right();
  expect(feed.stats().gaps).toBeGreaterThan(0);
  expect(feed.stats().degraded).toBe(0);
});

describe('books that are cleared', () => {
  test('are empty until they are asked for, and the others stay what they are', async () => {
    await using it = await streaming();
    const { simulator, feed, markets, story } = it;
    const [a, b, c] = markets as [string, string, string];
    expect(feed.clear([a])).toBe(true);
    await until(() => feed.book(a).state === 'empty');
    // What is still sent for it is not taken for the whole book.
    for (const market of markets) stepBook(simulator, market);
    for (const market of [b, c]) await untilRight(feed, simulator, market);
    expect(feed.book(a)).toMatchObject({ state: 'empty', trusted: false, yesBid: undefined });
    expect(feed.isSubscribed(BOOKS, a)).toBe(true);
    await feed.getSnapshot([a]);
    await untilRight(feed, simulator, a);
    expect(story).toEqual([]);
    expect(feed.clear()).toBe(true);
    await until(() => markets.every((market) => feed.book(market).state === 'empty'));
    expect(feed.clear(['NO-SUCH-MARKET'])).toBe(false);
  });
});

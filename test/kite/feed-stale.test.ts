import { type Mode, SEGMENTS } from 'tickring';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { INFY, NIFTY, SBIN } from '../support/feed.ts';
import { StaleWatch, Subscriptions } from '../support/feed-internals.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A watch over one connection, whose ticks and losses are the test's to make. Time is counted from the start. */
function setup() {
  const events: string[] = [];
  const ticks = new Map<number, number>();
  const connection = { open: true };
  const start = Date.now();
  const subscriptions = new Subscriptions<Mode>({
    places: [{ connection: 0, account: 'a' }],
    limit: 10,
    distribution: 'least-loaded',
    initialMode: 'quote',
    onNeeded: () => {},
    onChanged: (index) => void subscriptions.changes(index),
  });
  const told = (what: string) => (group: { exchange: string; instruments: number }) =>
    events.push(`${Date.now() - start}: ${group.instruments} of ${group.exchange} ${what}`);
  const watch = new StaleWatch({
    staleAfter: 1000,
    subscriptions,
    latest: { receivedAt: (token: number) => ticks.get(token) ?? 0 } as never,
    segments: {
      divisors: new Float64Array(256),
      known: new Uint8Array(256),
      exchanges: Array.from({ length: 256 }, (_, segment) => SEGMENTS[segment]?.exchange ?? ''),
    },
    isOpen: () => connection.open,
    onStale: told('stale'),
    onFresh: told('fresh'),
  });
  return {
    subscriptions,
    connection,
    watch,
    tick: (token: number) => ticks.set(token, Date.now()),
    /** Lets time pass, and answers what was told meanwhile. */
    pass(milliseconds: number): string[] {
      vi.advanceTimersByTime(milliseconds);
      return events.splice(0);
    },
  };
}

test('a group is stale when none of its instruments has ticked for so long, and fresh when one does', () => {
  const { subscriptions, watch, tick, pass } = setup();
  subscriptions.add([INFY, SBIN, NIFTY], 'quote');
  watch.start();
  tick(INFY);
  tick(NIFTY);
  expect(pass(500)).toEqual([]);
  tick(NIFTY);
  expect(pass(500)).toEqual([]);
  tick(NIFTY);
  expect(pass(500)).toEqual(['1500: 2 of NSE stale']);
  expect(pass(500)).toEqual(['2000: 1 of INDICES stale']);
  tick(SBIN);
  expect(pass(500)).toEqual(['2500: 2 of NSE fresh']);
  watch.stop();
  expect(pass(5000)).toEqual([]);
});

test('instruments that are subscribed later have their time too', () => {
  const { subscriptions, watch, tick, pass } = setup();
  watch.start();
  pass(60_000);
  subscriptions.add([INFY], 'quote');
  expect(pass(900)).toEqual([]);
  tick(INFY);
  expect(pass(900)).toEqual([]);
  subscriptions.add([NIFTY], 'quote');
  tick(INFY);
  expect(pass(900)).toEqual([]);
  tick(INFY);
  expect(pass(700)).toEqual(['63000: 1 of INDICES stale']);
});

test('a connection that is down is not called stale, and has its time when it is back', () => {
  const { subscriptions, connection, watch, tick, pass } = setup();
  subscriptions.add([INFY], 'quote');
  watch.start();
  tick(INFY);
  pass(500);
  connection.open = false;
  expect(pass(10_000)).toEqual([]);
  connection.open = true;
  expect(pass(900)).toEqual([]);
  tick(INFY);
  expect(pass(900)).toEqual([]);
});

test('what was stale when its connection went down is fresh with its first tick, not before', () => {
  const { subscriptions, connection, watch, tick, pass } = setup();
  subscriptions.add([INFY], 'quote');
  watch.start();
  expect(pass(2000)).toEqual(['1500: 1 of NSE stale']);
  connection.open = false;
  pass(1000);
  connection.open = true;
  expect(pass(1000)).toEqual([]);
  tick(INFY);
  expect(pass(500)).toEqual(['4500: 1 of NSE fresh']);
});

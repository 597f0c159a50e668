import { describe, expect, test } from 'vitest';
import { bookAttempt, ConnectPacing, TokenBucket } from '../support/kraken-internals.ts';

/** A bucket whose clock stands still until it is moved. */
function bucket(capacity: number, perSecond: number) {
  let now = 0;
  return {
    bucket: new TokenBucket(capacity, perSecond, () => now),
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
  };
}

describe('a token bucket', () => {
  test('gives what it holds at once, and then what comes back', () => {
    const { bucket: tokens, pass } = bucket(10, 20);
    for (let n = 0; n < 10; n++) {
      expect(tokens.delay()).toBe(0);
      tokens.take();
    }
    expect(tokens.delay()).toBe(50);
    pass(49);
    expect(tokens.delay()).toBe(1);
    pass(1);
    expect(tokens.delay()).toBe(0);
  });

  test('never holds more than its capacity', () => {
    const { bucket: tokens, pass } = bucket(2, 1000);
    pass(60_000);
    tokens.take(2);
    expect(tokens.delay()).toBe(1);
  });

  test('gives nothing during a pause', () => {
    const { bucket: tokens, pass } = bucket(10, 20);
    tokens.pause(1000);
    expect(tokens.delay()).toBe(1000);
    pass(999);
    expect(tokens.delay()).toBe(1);
    pass(1);
    expect(tokens.delay()).toBe(0);
  });

  test('lets one who wants more than it can hold wait until it is full', () => {
    const { bucket: tokens, pass } = bucket(200, 200);
    tokens.take(200);
    expect(tokens.delay(500)).toBe(1000);
    pass(1000);
    expect(tokens.delay(500)).toBe(0);
  });
});

describe('the budget of a host', () => {
  const budget = { attempts: 3, per: 10_000 };

  test('is kept within any stretch of time', () => {
    const at = [0, 1000, 2000, 3000, 3000, 12_500].map((now) => now + bookAttempt('a:1', budget, now + 1));
    expect(at).toEqual([0, 1000, 2000, 10_000, 11_000, 12_500]);
    for (const start of at) {
      const within = at.filter((each) => each >= start && each < start + budget.per);
      expect(within.length).toBeLessThanOrEqual(budget.attempts);
    }
  });

  test('is shared by all who connect to it, and by nobody else', () => {
    for (let n = 0; n < 3; n++) expect(bookAttempt('b:1', budget, 5)).toBe(0);
    expect(bookAttempt('b:1', budget, 5)).toBe(10_000);
    expect(bookAttempt('b:2', budget, 5)).toBe(0);
  });
});

test('in maintenance attempts are far apart', () => {
  const pacing = new ConnectPacing({ attempts: 100, per: 1000 }, 60_000);
  expect(pacing.book('ws://c:1/v2')).toEqual({ delay: 0, cause: 'budget' });
  expect(pacing.book('ws://c:1/v2').delay).toBe(0);
  pacing.maintenance = true;
  const { delay, cause } = pacing.book('ws://c:1/v2');
  expect(cause).toBe('maintenance');
  expect(delay).toBeGreaterThan(50_000);
  expect(pacing.book('ws://c:1/v2').delay).toBeGreaterThan(110_000);
  pacing.maintenance = false;
});

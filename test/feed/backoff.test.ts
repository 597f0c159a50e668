import { ArgumentError } from 'tickring';
import { expect, test } from 'vitest';
import { Backoff } from '../support/feed-internals.ts';

const LONGEST = () => 1;

function delays(backoff: Backoff, count: number): (number | undefined)[] {
  return Array.from({ length: count }, () => backoff.next());
}

test('the bound doubles with each attempt, up to the longest delay', () => {
  const backoff = new Backoff({ initialDelay: 100, maxDelay: 1000 }, LONGEST);
  expect(delays(backoff, 6)).toEqual([100, 200, 400, 800, 1000, 1000]);
});

test('jitter is full: a delay may be anything from nothing to the bound', () => {
  const draws = [0, 0.25, 0.5];
  const backoff = new Backoff({ initialDelay: 100, maxDelay: 1000 }, () => draws.shift()!);
  expect(delays(backoff, 3)).toEqual([0, 50, 200]);
});

test('after the last attempt there is no delay; success starts again', () => {
  const backoff = new Backoff({ initialDelay: 100, maxAttempts: 2 }, LONGEST);
  expect(delays(backoff, 3)).toEqual([100, 200, undefined]);
  expect(backoff.attempts).toBe(2);
  backoff.succeeded();
  expect(backoff.attempts).toBe(0);
  expect(delays(backoff, 3)).toEqual([100, 200, undefined]);
});

test('without a limit it goes on for ever, and the delay stays finite', () => {
  const backoff = new Backoff(
    { initialDelay: 1, maxDelay: 50, maxAttempts: Number.POSITIVE_INFINITY },
    LONGEST,
  );
  expect(delays(backoff, 5000).at(-1)).toBe(50);
});

test('negative delays and counts are refused by name', () => {
  for (const name of ['initialDelay', 'maxDelay', 'maxAttempts']) {
    for (const value of [-1, Number.NaN]) {
      expect(() => new Backoff({ [name]: value })).toThrow(ArgumentError);
      expect(() => new Backoff({ [name]: value })).toThrow(`reconnect.${name}`);
    }
  }
});

import { ArgumentError } from 'tickring';
import { describe, expect, test } from 'vitest';
import { chooseVenues, READINGS, RECORDS, VENUE_FACTS, VENUES } from '../support/cli-internals.ts';

test.each(VENUES)('the commands know all of %s that they need', (venue) => {
  expect(RECORDS).toHaveProperty(venue);
  expect(READINGS).toHaveProperty(venue);
  const { pattern, example, names, wellKnown, url } = VENUE_FACTS[venue]!;
  expect(url).toMatch(/^wss:\/\//);
  for (const symbol of [example, ...names.values(), ...wellKnown]) expect(symbol).toMatch(pattern);
  const others = VENUES.filter((each) => each !== venue);
  for (const other of others) expect(VENUE_FACTS[other]!.pattern.test(example)).toBe(false);
});

describe('which venues, and what of each', () => {
  test('all simulators, with all that they have, if nothing is said', () => {
    const choice = chooseVenues({}, undefined);
    expect(Object.keys(choice)).toEqual(VENUES);
    for (const options of Object.values(choice))
      expect(options).toMatchObject({ simulated: true, symbols: undefined });
  });

  test('symbols tell by their looks, their names or their prefix whose they are; each counts once', () => {
    const symbols = ['ETH/USD', '408065', 'kraken:BTC/USD', 'infy', 'ETH/USD', 'kite:SBIN'];
    const choice = chooseVenues({}, symbols);
    expect(choice).toMatchObject({
      kraken: { symbols: ['ETH/USD', 'BTC/USD'] },
      kite: { symbols: ['408065', '779521'] },
    });
  });

  test('of one venue, symbols may look as they like', () => {
    expect(chooseVenues({ venue: ['kraken'] }, ['XBT'])).toMatchObject({ kraken: { symbols: ['XBT'] } });
  });

  test('options go to the feed', () => {
    const values = { venue: ['kraken'], live: true, url: 'ws://127.0.0.1:9', depth: '100', rate: 'max' };
    expect(chooseVenues(values, undefined)).toEqual({
      kraken: {
        simulated: false,
        symbols: expect.arrayContaining(['BTC/USD']),
        url: 'ws://127.0.0.1:9',
        depth: 100,
        rate: Number.POSITIVE_INFINITY,
      },
    });
  });

  test.each([
    [{ venue: ['kite,nowhere'] }, undefined],
    [{ live: true }, undefined],
    [{ url: 'ws://127.0.0.1:9' }, undefined],
    [{ live: true, url: 'ws://127.0.0.1:9', venue: [...VENUES] }, undefined],
    [{ rate: '0' }, undefined],
    [{ rate: 'fast' }, undefined],
    [{ depth: '0' }, undefined],
    [{}, ['neither looks like this']],
  ])('%j of %j is refused', (values, symbols) => {
    expect(() => chooseVenues(values, symbols)).toThrow(ArgumentError);
  });
});

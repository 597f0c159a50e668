import { ArgumentError, CapacityError, KiteFeed, type KiteFeedOptions, presets } from 'tickring';
import { expect, test } from 'vitest';

const CREDENTIALS = { apiKey: 'key', accessToken: 'token', url: 'ws://127.0.0.1:1' };

test.each(Object.entries(presets))('the %s preset makes a feed', async (_name, preset) => {
  await using feed = new KiteFeed({ ...preset, ...CREDENTIALS });
  expect(feed.state).toBe('disconnected');
});

test('fewer instruments a connection than the service allows is a matter of an option', async () => {
  await using feed = new KiteFeed({ ...CREDENTIALS, connections: 2, instrumentsPerConnection: 10 });
  feed.subscribe(Array.from({ length: 20 }, (_, index) => index * 256 + 1));
  expect(() => feed.subscribe([99 * 256 + 1])).toThrow(CapacityError);
  expect(feed.health().connections.map(({ instruments }) => instruments)).toEqual([10, 10]);
});

test.each<[string, KiteFeedOptions, RegExp]>([
  ['no credentials', {}, /apiKey/],
  ['accounts and an apiKey', { ...CREDENTIALS, accounts: [] }, /not both/],
  ['no account', { accounts: [] }, /at least one/],
  [
    'two accounts of one name',
    { accounts: [1, 2].map(() => ({ id: 'a', apiKey: 'k', accessToken: 't' })) },
    /two accounts/,
  ],
  ['four connections', { ...CREDENTIALS, connections: 4 }, /1 to 3 connections, not 4/],
  [
    '3,001 instruments',
    { ...CREDENTIALS, instrumentsPerConnection: 3001 },
    /1 to 3000 instruments, not 3001/,
  ],
  ['an address that is none', { ...CREDENTIALS, url: 'http://example.com' }, /ws:\/\/ or wss:\/\//],
  ['an unknown mode', { ...CREDENTIALS, mode: 'depth' as 'full' }, /ltp, quote, full, not depth/],
  ['a record ring smaller than a frame', { ...CREDENTIALS, recordSlots: 1024 }, /at least 4096/],
  ['a ring that is no power of two', { ...CREDENTIALS, frameRingBytes: 3_000_000 }, /power of two/],
  ['no decoder', { ...CREDENTIALS, decoders: 0 }, /1 or more/],
  ['a time-out of nothing', { ...CREDENTIALS, readTimeout: 0 }, /readTimeout/],
  [
    'a divisor of zero',
    { ...CREDENTIALS, segments: { 1: { exchange: 'NSE', divisor: 0 } } },
    /divisor 0 of segment 1/,
  ],
])('%s is refused, and the message says what was wrong', (_what, options, words) => {
  expect(() => new KiteFeed(options)).toThrow(words);
  expect(() => new KiteFeed(options)).toThrow(ArgumentError);
});

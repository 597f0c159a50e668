import { once } from 'node:events';
import type { TickringError } from 'tickring';
import { expect, test } from 'vitest';
import { feedOf, happens, quietSimulator } from '../support/feed.ts';

test.each([
  ['an error without words', '{"type":"error"}'],
  ['an error whose words are no text', `{"type":"error","data":${'['.repeat(50_000)}${']'.repeat(50_000)}}`],
  ['an order that is none', '{"type":"order","data":7}'],
  ['no JSON', '<html>502 Bad Gateway</html>'],
])('%s is a malformed text: counted and told, never thrown', async (_what, text) => {
  await using sim = await quietSimulator();
  await using feed = feedOf(sim, { connections: 1 });
  await feed.start();
  await feed.ready();
  const told = happens(feed, 'error');
  sim.sendText(text);
  const [error] = await told;
  expect(error.code).toBe('ERR_TICKRING_PROTOCOL');
  expect(feed.stats().malformedTexts).toBe(1);
  expect(feed.state).toBe('subscribed');
});

test('a secret that a malformed text cuts in half is struck out all the same', async () => {
  const accessToken = 'a-very-long-access-token-0123456789';
  await using sim = await quietSimulator({ credentials: [{ apiKey: 'demo', accessToken }] });
  await using feed = feedOf(sim, { connections: 1, accessToken });
  await feed.start();
  await feed.ready();
  const told = happens(feed, 'error');
  sim.sendText('x'.repeat(55) + accessToken);
  const [error] = await told;
  expect(error.message).toContain('x'.repeat(55));
  expect(error.message).not.toContain('a-very');
});

test('a listener that throws is an uncaught exception of its own: the others are called, and the feed goes on and closes', async () => {
  await using sim = await quietSimulator();
  await using feed = feedOf(sim, { connections: 1 });
  await feed.start();
  await feed.ready();
  const uncaught: unknown[] = [];
  const others = process.rawListeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', (error) => uncaught.push(error));
  try {
    feed.on('message', () => {
      throw new Error('of a listener');
    });
    const called = happens(feed, 'message');
    sim.sendMessage('one');
    await called;
    const again = happens(feed, 'message');
    sim.sendMessage('two');
    await again;
    await feed.close({ deadline: 5000 });
  } finally {
    process.removeAllListeners('uncaughtException');
    for (const listener of others) process.on('uncaughtException', listener as (error: Error) => void);
  }
  expect(uncaught.map((error) => (error as TickringError).message)).toEqual([
    'of a listener',
    'of a listener',
  ]);
  expect(feed.state).toBe('closed');
  if (sim.stats().connections > 0) await once(sim, 'disconnect');
});

import { type KiteFeed, ProtocolError, ServiceError, type TickringError } from 'tickring';
import type { KiteSimulator } from 'tickring/sim';
import { expect, test } from 'vitest';
import {
  feedOf,
  happens,
  INFY,
  inStep,
  quietSimulator,
  readUntil,
  SBIN,
  THREE_ACCOUNTS,
} from '../support/feed.ts';

const ORIGIN = { connection: 0, account: 'default' };

async function streaming(sim: KiteSimulator, feed: KiteFeed): Promise<void> {
  feed.subscribe([INFY]);
  await feed.start();
  await inStep(sim, feed);
}

test('an order update is an event with all its fields, apart from ticks', async () => {
  await using sim = await quietSimulator();
  await using feed = feedOf(sim);
  await streaming(sim, feed);
  const order = {
    order_id: '240101000000001',
    status: 'COMPLETE',
    tradingsymbol: 'INFY',
    instrument_token: INFY,
    transaction_type: 'BUY',
    quantity: 10,
    filled_quantity: 10,
    pending_quantity: 0,
    cancelled_quantity: 0,
    price: 1500.05,
    average_price: 1500,
    order_timestamp: '2024-01-01 09:15:00',
    tag: '₹',
  };
  const told = happens(feed, 'order');
  sim.sendOrder(order);
  expect(await told).toEqual([order, ORIGIN]);
});

test("order updates and ticks of one connection come with that connection's account", async () => {
  await using sim = await quietSimulator({ credentials: THREE_ACCOUNTS });
  await using feed = feedOf(sim, { accounts: THREE_ACCOUNTS, connections: 1 });
  using reader = feed.reader();
  feed.subscribe([INFY], { account: 'a' });
  feed.subscribe([SBIN], { account: 'b' });
  await feed.start();
  await feed.ready();
  const told = happens(feed, 'order');
  sim.sendOrder({ order_id: '1' }, { apiKey: 'key-b' });
  expect(await told).toEqual([{ order_id: '1' }, { connection: 1, account: 'b' }]);
  await readUntil(reader, (tick) => tick.account === 'b' && tick.instrumentToken === SBIN);
});

test("the service's errors and messages are events", async () => {
  await using sim = await quietSimulator();
  await using feed = feedOf(sim);
  await streaming(sim, feed);
  const failed = happens(feed, 'error');
  sim.sendError('Too many subscriptions.');
  const [error, origin] = await failed;
  expect(error).toBeInstanceOf(ServiceError);
  expect(error).toMatchObject({ code: 'ERR_TICKRING_SERVICE', message: 'Too many subscriptions.' });
  expect(origin).toEqual(ORIGIN);
  const told = happens(feed, 'message');
  sim.sendMessage({ text: 'Markets close early today.' });
  expect(await told).toEqual([{ text: 'Markets close early today.' }, ORIGIN]);
  expect(feed.state).toBe('subscribed');
});

test('a type that is not known is an event too', async () => {
  await using sim = await quietSimulator();
  await using feed = feedOf(sim);
  await streaming(sim, feed);
  const told = happens(feed, 'unknown');
  sim.sendText('{"type":"instruments_meta","data":{"count":3}}');
  expect(await told).toEqual([{ type: 'instruments_meta', data: { count: 3 } }, ORIGIN]);
  expect(feed.stats().malformedTexts).toBe(0);
});

test('text that is no message is counted and reported, and the connection goes on', async () => {
  await using sim = await quietSimulator();
  await using feed = feedOf(sim);
  await streaming(sim, feed);
  const texts = [
    '',
    'hello',
    '{"type":"order"',
    '[]',
    'null',
    '42',
    '{"type":7}',
    '{"type":"order","data":null}',
  ];
  const errors: TickringError[] = [];
  const allReported = happens(feed, 'error', (error) => errors.push(error) === texts.length);
  for (const text of texts) sim.sendText(text);
  await allReported;
  expect(errors.every((error) => error instanceof ProtocolError)).toBe(true);
  expect(errors[1]).toMatchObject({
    code: 'ERR_TICKRING_PROTOCOL',
    message: expect.stringContaining('hello'),
  });
  expect(feed.stats()).toMatchObject({ malformedTexts: texts.length, textFrames: texts.length, rejected: 0 });
  const told = happens(feed, 'order');
  sim.sendOrder({ order_id: '1' });
  await told;
  expect(feed.health().connections).toMatchObject([{ state: 'subscribed', epoch: 1 }]);
});

test('a long text that is no message is reported by its beginning', async () => {
  await using sim = await quietSimulator();
  await using feed = feedOf(sim);
  await streaming(sim, feed);
  const failed = happens(feed, 'error');
  sim.sendText('x'.repeat(100_000));
  expect((await failed)[0].message.length).toBeLessThan(200);
});

test('nobody has to listen for errors', async () => {
  await using sim = await quietSimulator();
  await using feed = feedOf(sim);
  await streaming(sim, feed);
  const told = happens(feed, 'message');
  sim.sendError('Nobody hears this.');
  sim.sendMessage('but this');
  await told;
});

test('malformed market data keeps its good packets, and the rest is counted', async () => {
  await using sim = await quietSimulator();
  await using feed = feedOf(sim, { connections: 1 });
  using reader = feed.reader();
  await feed.start();
  await feed.ready();
  const frame = Buffer.alloc(2 + 10 + 10);
  frame.writeUInt16BE(3, 0);
  for (const [nth, token] of [INFY, SBIN].entries()) {
    frame.writeUInt16BE(8, 2 + nth * 10);
    frame.writeUInt32BE(token, 4 + nth * 10);
  }
  sim.sendFrame(frame);
  const tokens: number[] = [];
  await readUntil(reader, (tick) => tokens.push(tick.instrumentToken) === 2);
  expect(tokens).toEqual([INFY, SBIN]);
  await feed.close();
  expect(feed.stats()).toMatchObject({ records: 2, rejected: 1, framesMalformed: 1 });
});

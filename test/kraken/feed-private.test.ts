import { AuthenticationError } from 'tickring';
import { type ExecutionReport, type ExecutionsMessage, type GapEvent, OrderTracker } from 'tickring/kraken';
import { describe, expect, test } from 'vitest';
import { rejection } from '../support/feed.ts';
import {
  BTC,
  DEMO,
  krakenEvent,
  krakenFeed,
  krakenSimulator,
  recordRequests,
  streamedBy,
} from '../support/kraken.ts';
import { ScriptedKraken } from '../support/kraken-server.ts';

describe('private channels', () => {
  test('come as typed events, on a connection of their own', async () => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator, DEMO);
    const executions = krakenEvent(feed, 'executions', ({ snapshot }) => snapshot);
    const balances = krakenEvent(feed, 'balances', ({ snapshot }) => snapshot);
    await feed.start();
    await feed.subscribe({ channel: 'executions' });
    await feed.subscribe({ channel: 'balances' });
    await feed.subscribe({ channel: 'ticker', symbols: [BTC] });
    expect(
      feed.subscriptions().map(({ channel, endpoint, connection }) => [channel, endpoint, connection]),
    ).toEqual([
      ['executions', 'private', 2],
      ['balances', 'private', 2],
      ['ticker', 'public', 0],
    ]);
    expect((await executions)[0]).toMatchObject({ sequence: 1, connection: 2 });
    const [{ entries, text }] = await balances;
    expect(entries.length).toBeGreaterThan(0);
    expect(JSON.parse(text).data).toEqual(entries);
    const report = krakenEvent(feed, 'execution', (_, { snapshot }) => !snapshot);
    simulator.stepAccounts(1);
    const [first, message] = await report;
    expect(message.reports).toContain(first);
    expect(first.order_id).toMatch(/^O/);
    expect(feed.stats().tokens).toBe(1);
  });

  test('of an account tell one story, which a tracker puts together', async () => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator, DEMO);
    const tracker = new OrderTracker();
    const reports: ExecutionReport[] = [];
    feed.on('executions', (message) => {
      for (const order of tracker.apply(message).changed) {
        // Whatever its report left out is known.
        if (!message.snapshot)
          expect(order).toMatchObject({ symbol: expect.any(String), side: expect.any(String) });
      }
    });
    feed.on('execution', (report) => reports.push(report));
    await feed.start();
    await feed.subscribe({ channel: 'executions' });
    const enough = krakenEvent(feed, 'executions', () => reports.length >= 50);
    while (simulator.stats().channels.executions.rows < 60) simulator.stepAccounts(1);
    await enough;
    expect(feed.stats().gaps).toBe(0);
  });

  test('with a number left out are a gap, and are subscribed to anew', async () => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator, DEMO);
    await feed.start();
    const first = krakenEvent(feed, 'executions', ({ snapshot }) => snapshot);
    await feed.subscribe({ channel: 'executions' });
    await feed.subscribe({ channel: 'balances' });
    await first;
    const requests = recordRequests(simulator);
    const gaps: GapEvent[] = [];
    feed.on('gap', (gap) => gaps.push(gap));
    const anew = krakenEvent(feed, 'executions', ({ snapshot }) => snapshot);
    simulator.inject({ kind: 'sequence-gap', by: 3 }, { channel: 'executions' });
    while (requests.length === 0) {
      simulator.stepAccounts(1);
      await new Promise(setImmediate);
    }
    const [{ sequence }] = await anew;
    expect(sequence).toBe(1);
    expect(gaps).toMatchObject([{ reason: 'sequence', channel: 'executions', connection: 2 }]);
    expect(requests).toEqual(['unsubscribe executions', 'subscribe executions']);
    await feed.subscribe({ channel: 'executions' });
    expect(streamedBy(simulator)).toEqual(['balances', 'executions']);
  });

  test('need credentials', async () => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator);
    const error = await rejection(feed.subscribe({ channel: 'balances' }));
    expect(error).toMatchObject({
      code: 'ERR_TICKRING_ARGUMENT',
      message: 'balances needs apiKey and apiSecret',
    });
  });
});

describe('a token', () => {
  test('is fetched for each connect', async () => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator, DEMO);
    await feed.start();
    const first = krakenEvent(feed, 'executions', ({ snapshot }) => snapshot);
    await feed.subscribe({ channel: 'executions' });
    await first;
    const anew = krakenEvent(feed, 'executions', ({ snapshot }) => snapshot);
    simulator.disconnect();
    await anew;
    expect(feed.stats().tokens).toBe(2);
  });

  test('that is refused is replaced, and what it was for is asked for again', async () => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator, DEMO);
    await feed.start();
    await feed.subscribe({ channel: 'level3', symbols: [BTC] });
    await feed.unsubscribe({ channel: 'level3', symbols: [BTC] });
    simulator.inject({ kind: 'expire-tokens' });
    await feed.subscribe({ channel: 'level3', symbols: [BTC] });
    expect(feed.stats().tokens).toBe(2);
    expect(simulator.stats().errorsSent).toBe(1);
  });

  test('that is refused without a number, as the service does for private channels, is replaced, too', async () => {
    const tokens = new Set<string>();
    await using rest = await krakenSimulator();
    await using server = await ScriptedKraken.listen((request, client) => {
      tokens.add(request.params?.token ?? '');
      if (request.params?.channel !== 'executions' || tokens.size > 1) client.grant(request);
      else
        client.send({
          channel: 'executions',
          error: 'ESession:Invalid session',
          method: 'subscribe',
          status: 'error',
          success: false,
        });
    });
    await using feed = krakenFeed(rest, { ...DEMO, authUrl: server.url });
    await feed.start();
    await Promise.all([feed.subscribe({ channel: 'balances' }), feed.subscribe({ channel: 'executions' })]);
    expect([tokens.size, feed.stats().tokens, feed.stats().unmatched]).toEqual([2, 2, 0]);
  });

  test('that is not to be had now is asked for again with the next attempt', async () => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator, DEMO);
    simulator.inject({ kind: 'token-failure', requests: 2 });
    const errors: string[] = [];
    feed.on('error', ({ message }) => errors.push(message));
    await feed.start();
    await feed.subscribe({ channel: 'balances' });
    expect(errors).toHaveLength(2);
    expect(errors[0]).toContain('EService:Throttled');
  });

  test('that a wrong key gets none of ends in an authentication error, and in no retries', async () => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator, { ...DEMO, apiKey: 'nobody' });
    const unplaced = krakenEvent(feed, 'unplaced');
    const subscribed = feed.subscribe({ channel: 'balances' });
    await feed.start();
    const error = await rejection(feed.ready());
    expect(error).toBeInstanceOf(AuthenticationError);
    expect((error as Error).message).toContain('EAPI:Invalid key');
    expect(await rejection(subscribed)).toMatchObject({
      refused: [{ channel: 'balances', reason: expect.stringContaining('EAPI:Invalid key') }],
    });
    expect(await unplaced).toMatchObject([{ connection: 2, endpoint: 'private' }]);
    expect(feed.states[2]).toBe('closed');
    expect(simulator.stats().tokensRefused).toBe(1);
    expect(feed.health()).toMatchObject({ status: 'down' });
    // Public data does not care.
    await feed.subscribe({ channel: 'ticker', symbols: [BTC] });
  });
});

describe('level 3', () => {
  test("keeps within the service's counter", async () => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator, DEMO);
    await feed.start();
    // 12 symbols cost 300; the service gives 200 a second.
    await feed.subscribe({ channel: 'level3', symbols: simulator.symbols.slice(0, 12), depth: 100 });
    expect(streamedBy(simulator)).toHaveLength(12);
    expect(simulator.stats().errorsSent).toBe(0);
  });

  test('has its own service, whose connections carry 200 symbols', async () => {
    await using simulator = await krakenSimulator();
    await using feed = krakenFeed(simulator, { ...DEMO, level3Connections: 2 });
    const symbols = Array.from({ length: 401 }, (_, nth) => `X${nth}/USD`);
    expect(await rejection(feed.subscribe({ channel: 'level3', symbols }))).toMatchObject({
      code: 'ERR_TICKRING_CAPACITY',
      requested: 401,
      capacity: 400,
    });
    void feed.subscribe({ channel: 'level3', symbols: symbols.slice(1) });
    const on = (connection: number) =>
      feed.subscriptions().filter((each) => each.connection === connection && each.endpoint === 'level3')
        .length;
    expect([on(3), on(4)]).toEqual([200, 200]);
  });
});

test('messages that come before the answer to their subscription are not missed', async () => {
  await using simulator = await krakenSimulator();
  await using feed = krakenFeed(simulator, DEMO);
  const messages: ExecutionsMessage[] = [];
  feed.on('executions', (message) => messages.push(message));
  await feed.start();
  await feed.subscribe({ channel: 'executions', snapOrders: true, snapTrades: true });
  const update = krakenEvent(feed, 'executions', ({ snapshot }) => !snapshot);
  simulator.stepAccounts(1);
  await update;
  const sequences = messages.map(({ sequence }) => sequence);
  expect(sequences).toEqual(sequences.map((_, nth) => nth + 1));
});

import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { FAULTS, KALSHI_FAULTS, type KalshiFault } from '../../support/kalshi-sim-internals.ts';
import { Client, closeAll, headers, keyOf, NaiveBooks, refusal, simulator } from './client.ts';

const BTC = 'KXBTCD-26OCT0917-T72749.99';
const ETH = 'KXETHD-26OCT0917-T1819.99';

afterEach(closeAll);

/** The sequence numbers of a sid, as they came. */
function numbers(client: Client, sid: number): number[] {
  return client.messages.flatMap((message) => (message.sid === sid ? (message.seq ?? []) : []));
}

/** Numbers that did not come. */
function missing(seen: readonly number[]): number[] {
  const all = Array.from({ length: Math.max(...seen) }, (_, i) => i + 1);
  return all.filter((number) => !seen.includes(number));
}

async function watching(...tickers: string[]) {
  const sim = await simulator();
  const client = await Client.connect(sim);
  await client.subscribe('orderbook_delta', { market_tickers: tickers });
  return { sim, client };
}

describe('frames', () => {
  test('that are dropped leave a gap in the sequence, which a snapshot mends', async () => {
    const { sim, client } = await watching(BTC, ETH);
    expect(sim.inject({ kind: 'drop', frames: 3 }, { channel: 'orderbook_delta', ticker: ETH })).toBe(1);
    sim.step(20, BTC);
    sim.step(20, ETH);
    await client.settled();
    expect(missing(numbers(client, 1))).toHaveLength(3);
    expect(sim.stats().injected).toMatchObject({ dropped: 3, faults: { drop: 1 } });
    const books = () => new NaiveBooks(client.of('orderbook_snapshot', 'orderbook_delta'));
    expect(books().book(BTC)).toEqual(sim.book(BTC));
    expect(books().book(ETH)).not.toEqual(sim.book(ETH));
    await client.update(1, 'get_snapshot', { market_ticker: ETH });
    expect(books().book(ETH)).toEqual(sim.book(ETH));
  });

  test('that are snapshots are met when the target says so', async () => {
    const { sim, client } = await watching(BTC);
    sim.inject({ kind: 'drop' }, { type: 'orderbook_snapshot' });
    sim.step(10);
    await client.update(1, 'add_markets', { market_ticker: ETH });
    await client.settled();
    expect(client.of('orderbook_snapshot')).toHaveLength(1);
    expect(missing(numbers(client, 1))).toEqual([]);
    await client.update(1, 'get_snapshot', { market_tickers: [BTC] });
    expect(missing(numbers(client, 1))).toHaveLength(1);
  });

  test('that are doubled and swapped keep their numbers', async () => {
    const { sim, client } = await watching(BTC);
    sim.inject({ kind: 'duplicate', frames: 2 });
    sim.step(3, BTC);
    await client.settled();
    const doubled = numbers(client, 1);
    expect(doubled.slice(0, 5)).toEqual([1, 2, 2, 3, 3]);
    sim.inject({ kind: 'reorder' });
    const before = Math.max(...doubled);
    sim.step(10, BTC);
    await client.settled();
    expect(numbers(client, 1).slice(doubled.length, doubled.length + 3)).toEqual([
      before + 2,
      before + 1,
      before + 3,
    ]);
    expect(sim.stats().injected).toMatchObject({ duplicated: 2, reordered: 1 });
  });

  test('can be cut, of an unknown type, or no JSON at all', async () => {
    const { sim, client } = await watching(BTC);
    sim.inject({ kind: 'half-json' });
    sim.step(2, BTC);
    sim.inject({ kind: 'garbage' });
    sim.inject({ kind: 'unknown-type' });
    await client.settled();
    expect(client.garbage).toHaveLength(2);
    expect(client.of('weather')).toMatchObject([{ sid: 1, msg: { sky: 'clear' } }]);
    expect(missing(numbers(client, 1))).toHaveLength(1);
    expect(sim.stats()).toMatchObject({ sent: { weather: 1 }, injected: { damaged: 1 } });
    expect(sim.stats().framesSent).toBe(client.messages.length + client.garbage.length);
  });

  test('can come in fragments with a ping in between', async () => {
    const { sim, client } = await watching(BTC);
    sim.inject({ kind: 'fragment', frames: 2 });
    sim.step(20, BTC);
    await client.settled();
    expect(client.pings).toEqual(['heartbeat', 'heartbeat']);
    expect(missing(numbers(client, 1))).toEqual([]);
    expect(new NaiveBooks(client.messages).book(BTC)).toEqual(sim.book(BTC));
    expect(sim.stats().injected).toMatchObject({ fragmented: 2 });
  });

  test('can take a level below zero, while the true book stays as it is', async () => {
    const { sim, client } = await watching(BTC, ETH);
    const before = sim.book(ETH);
    expect(sim.inject({ kind: 'negative-level' }, { ticker: ETH })).toBe(1);
    await client.settled();
    expect(client.of('orderbook_delta').map(({ seq, msg }) => [seq, msg.market_ticker])).toEqual([[3, ETH]]);
    expect(new NaiveBooks(client.messages).negatives).toBe(1);
    expect(sim.book(ETH)).toEqual(before);
  });
});

describe('subscriptions', () => {
  for (const [kind, code] of [
    ['channel-error', 10],
    ['buffer-overflow', 25],
  ] as const) {
    test(`end with error ${code}, and can be had again under another sid`, async () => {
      const { sim, client } = await watching(BTC);
      await client.subscribe('trade');
      sim.inject({ kind }, { channel: 'orderbook_delta' });
      sim.step(30, BTC);
      await client.settled();
      expect(client.of('error')).toMatchObject([{ sid: 1, seq: 2, msg: { code } }]);
      expect(client.of('error')[0]).not.toHaveProperty('id');
      expect(client.of('orderbook_delta')).toEqual([]);
      expect(await client.update(1, 'get_snapshot', { market_ticker: BTC })).toMatchObject({
        msg: { code: 7 },
      });
      expect(await client.subscribe('orderbook_delta', { market_ticker: BTC })).toMatchObject({
        msg: { sid: 3 },
      });
      await client.settled();
      expect(client.of('orderbook_snapshot').at(-1)).toMatchObject({ sid: 3, seq: 1 });
    });
  }

  test('get an error of any code that takes a number, and go on', async () => {
    const { sim, client } = await watching(BTC);
    sim.inject({ kind: 'subscription-error', code: 17 });
    sim.inject({ kind: 'subscription-error', code: 4711 });
    sim.step(20, BTC);
    await client.settled();
    expect(client.of('error').map(({ seq, msg }) => [seq, msg.code])).toEqual([
      [2, 17],
      [3, 4711],
    ]);
    expect(missing(numbers(client, 1))).toEqual([]);
    expect(client.of('orderbook_delta').length).toBeGreaterThan(0);
  });

  test('can begin with data before their ack', async () => {
    const sim = await simulator();
    const client = await Client.connect(sim);
    sim.inject({ kind: 'late-ack' });
    await client.subscribe('orderbook_delta', { market_ticker: BTC });
    expect(client.messages.map(({ type }) => type)).toEqual(['orderbook_snapshot', 'subscribed']);
  });

  test('can begin without the snapshot of a market, and nothing shows it in the numbers', async () => {
    const sim = await simulator();
    const client = await Client.connect(sim);
    sim.inject({ kind: 'withhold-snapshot', snapshots: 2 }, { ticker: BTC });
    const other = sim.tickers.find((ticker) => ticker !== BTC)!;
    await client.subscribe('orderbook_delta', { market_tickers: [BTC, other] });
    const params = { sid: 1, action: 'get_snapshot', market_tickers: [BTC] };
    client.socket.send(JSON.stringify({ id: 77, cmd: 'update_subscription', params }));
    await client.settled();
    expect(client.of('orderbook_snapshot')).toMatchObject([{ seq: 1, msg: { market_ticker: other } }]);
    expect(sim.stats().injected).toMatchObject({ snapshotsWithheld: 2, faults: { 'withhold-snapshot': 1 } });
    const { sid, ...rest } = params;
    expect(await client.update(sid, rest.action, rest)).toMatchObject({
      seq: 2,
      msg: { market_ticker: BTC },
    });
  });
});

describe('commands', () => {
  test('get the error that was ordered, and have no effect', async () => {
    const sim = await simulator();
    const client = await Client.connect(sim);
    for (const code of [6, 16, 18, 23, 27]) {
      sim.inject({ kind: 'command-error', code });
      expect(await client.subscribe('ticker')).toMatchObject({ type: 'error', msg: { code } });
    }
    expect(sim.stats()).toMatchObject({ subscriptions: 0, injected: { commandsRefused: 5 } });
    expect(await client.subscribe('ticker')).toMatchObject({ type: 'subscribed' });
  });

  test('can go unanswered', async () => {
    const sim = await simulator();
    const client = await Client.connect(sim);
    sim.inject({ kind: 'ignore-command' });
    const ignored = once(sim, 'command');
    client.socket.send('{"id":77,"cmd":"subscribe","params":{"channels":["ticker"]}}');
    expect(await ignored).toEqual([{ connection: 1, id: 77, cmd: 'subscribe', code: undefined }]);
    await client.settled();
    expect(client.answers(77)).toEqual([]);
    expect(sim.stats()).toMatchObject({ subscriptions: 0, injected: { commandsIgnored: 1 } });
  });
});

describe('connections', () => {
  test('fall silent and come back: what was not sent is lost, and its numbers are', async () => {
    const { sim, client } = await watching(BTC);
    sim.silence(true);
    sim.step(20, BTC);
    client.socket.ping('anybody there');
    sim.silence(false);
    sim.step(20, BTC);
    await client.settled();
    const lost = missing(numbers(client, 1));
    expect(lost.length).toBeGreaterThan(5);
    expect(sim.stats().injected.silenced).toBe(lost.length);
    sim.inject({ kind: 'silence', ms: 1 });
    client.socket.send('{"id":99,"cmd":"list_subscriptions"}');
    await client.until(() => {
      client.socket.send('{"id":100,"cmd":"list_subscriptions"}');
      return client.answers(100).length > 0;
    });
  });

  test('end abruptly or with a code, those of one key only when asked', async () => {
    const [a, b] = [keyOf('a'), keyOf('b')];
    const sim = await simulator({ keys: [a.key, b.key] });
    const [first, second] = [await Client.connect(sim, a.signer), await Client.connect(sim, b.signer)];
    const closed = [first, second].map(({ socket }) => once(socket, 'close'));
    expect(sim.inject({ kind: 'disconnect' }, { keyId: 'a' })).toBe(1);
    expect((await closed[0])![0]).toBe(1006);
    sim.inject({ kind: 'disconnect', code: 1012 });
    expect((await closed[1])![0]).toBe(1012);
    await second.until(() => sim.stats().connections === 0);
    await Client.connect(sim, a.signer);
    expect(sim.subscriptions()).toEqual([{ id: 3, keyId: 'a', subscriptions: [] }]);
  });

  test('are refused, those of one key first', async () => {
    const [a, b] = [keyOf('a'), keyOf('b')];
    const sim = await simulator({ keys: [a.key, b.key] });
    sim.inject({ kind: 'refuse', connects: 2 }, { keyId: 'a' });
    for (let i = 0; i < 2; i++) {
      const { status, body } = await refusal(sim.url, headers(a.signer));
      expect([status, body]).toEqual([401, { code: 'authentication_error', details: 'NOT_FOUND' }]);
      await Client.connect(sim, b.signer);
    }
    await Client.connect(sim, a.signer);
    expect(sim.stats().injected.faults.refuse).toBe(1);
  });

  test('cannot be made while it does not listen, and those that there are stay', async () => {
    const { sim, client } = await watching(BTC);
    sim.inject({ kind: 'stop-listening', ms: 50 });
    // Within this turn: what loads its code first might come when it listens again.
    const { hostname, port } = new URL(sim.url);
    const [refused] = await once(connect(Number(port), hostname), 'error');
    expect(refused).toMatchObject({ code: 'ECONNREFUSED' });
    await client.settled();
    await client.until(() => sim.stats().injected.faults['stop-listening'] === 1);
    for (let isBack = false; !isBack; ) {
      isBack = await fetch(sim.url.replace('ws', 'http')).then(
        ({ status }) => status === 426,
        () => false,
      );
    }
  });

  test('get pings with the body heartbeat; those that do not answer are cut', async () => {
    const sim = await simulator({ pingInterval: 100 });
    const client = await Client.connect(sim);
    const deaf = await Client.connect(sim, undefined, { autoPong: false });
    const closed = once(deaf.socket, 'close');
    await client.until(({ pings }) => pings.length > 5);
    expect((await closed)[0]).toBe(1006);
    expect(deaf.pings).toEqual(['heartbeat', 'heartbeat']);
    expect(new Set(client.pings)).toEqual(new Set(['heartbeat']));
    expect(sim.stats()).toMatchObject({ connections: 1, cut: 1 });
  });

  test('get pongs with the body of their own pings', async () => {
    const client = await Client.connect(await simulator());
    const pong = once(client.socket, 'pong');
    client.socket.ping('health');
    expect(String((await pong)[0])).toBe('health');
  });

  test('of slow readers lose their subscriptions with error 25, and the memory stays bounded', async () => {
    const sim = await simulator({ sendQueueBytes: 100_000 });
    const [slow, quick] = [await Client.connect(sim), await Client.connect(sim)];
    for (const client of [slow, quick]) {
      await client.subscribe('orderbook_delta', { market_ticker: BTC });
      await client.subscribe('trade');
    }
    slow.socket.pause();
    let steps = 0;
    while (sim.stats().overflows < 2) {
      sim.step(2_000, BTC);
      steps += 2_000;
      // Only who reads is waited for: the other must not hold it up.
      await quick.settled();
    }
    expect(sim.stats().bufferedBytes).toBeLessThan(1_000_000);
    slow.socket.resume();
    await slow.until(() => slow.of('error').length === 2);
    for (const frame of slow.of('error')) {
      expect(frame.msg).toEqual({ code: 25, msg: 'Subscription buffer overflow' });
      expect(missing(numbers(slow, frame.sid!))).toEqual([]);
    }
    expect(new NaiveBooks(quick.messages).book(BTC)).toEqual(sim.book(BTC));
    expect(sim.stats()).toMatchObject({ steps, subscriptions: 2 });
  });

  test('that ask for more snapshots than may wait for them get error 25 once', async () => {
    const sim = await simulator({ sendQueueBytes: 50_000, markets: 10_000 });
    const client = await Client.connect(sim);
    client.socket.send(
      JSON.stringify({
        id: 1,
        cmd: 'subscribe',
        params: { channels: ['orderbook_delta'], market_tickers: sim.tickers },
      }),
    );
    await client.until(() => client.of('error').length > 0);
    await client.settled();
    expect(client.of('error')).toMatchObject([{ sid: 1, msg: { code: 25 } }]);
    expect(missing(numbers(client, 1))).toEqual([]);
    expect(sim.stats()).toMatchObject({ subscriptions: 0, overflows: 1 });
  });

  test('of who sends commands and does not read the answers are cut', async () => {
    const sim = await simulator({ sendQueueBytes: 50_000, maxCommands: 10 ** 9 });
    const client = await Client.connect(sim);
    const channels = ['ticker', 'trade', 'fill', 'market_positions', 'user_orders', 'communications'];
    await client.command('subscribe', {
      channels: [...channels, 'order_group_updates', 'market_lifecycle_v2'],
    });
    client.socket.pause();
    const gone = once(sim, 'disconnect');
    const flood = setInterval(() => {
      for (let i = 0; i < 1_000; i++) client.socket.send('{"id":5,"cmd":"list_subscriptions"}');
    }, 1);
    await gone;
    clearInterval(flood);
    expect(sim.stats()).toMatchObject({ connections: 0, cut: 1 });
  });
});

test('every kind of fault can be ordered by its name, and none that there is not', async () => {
  const sim = await simulator();
  for (const kind of KALSHI_FAULTS) {
    if (kind !== 'stop-listening') sim.inject(FAULTS.make(kind));
  }
  expect(() => sim.inject({ kind: 'flood' } as unknown as KalshiFault)).toThrow(/no fault is called flood/);
  expect(() => FAULTS.make('garbage', 1)).toThrow(/takes no value/);
  expect(() => FAULTS.make('drop', 0)).toThrow(/from 1 to/);
  expect(() => sim.inject({ kind: 'disconnect', code: 1006 })).toThrow(/close code/);
});

import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { Client, type Frame, manual } from './client.ts';
import { fixture, hasFixtures } from './fixtures.ts';
import { signatureOf } from './internals.ts';
import { askForToken, sign, TOKEN_PATH, tokenOf } from './tokens.ts';

/** The secret of the documentation's example. */
const SECRET = 'kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg==';

describe('API-Sign', () => {
  const vectors = [
    [
      SECRET,
      '/0/private/AddOrder',
      '1616492376594',
      'nonce=1616492376594&ordertype=limit&pair=XBTUSD&price=37500&type=buy&volume=1.25',
      '4/dpxb3iT4tp/ZCVEwSnEsLxx0bqyhLpdfOpc6fn7OR8+UClSV5n9E6aSS8MPtnRfp32bAb0nmbRn6H8ndwLUQ==',
    ],
    [
      Buffer.alloc(32, 1).toString('base64'),
      '/0/private/Balance',
      '1700000000000000000',
      'nonce=1700000000000000000',
      '6i7+cpXVLDDnDOekgsRcgFQhkYFyPDSSxhSVA8OrA6vjziXcy2K1DP3n7f9B/Kgni71WjBSQusZKxduRsdF20Q==',
    ],
  ] as const;

  test.each(vectors)('of the published vectors: %#', (secret, path, nonce, body, expected) => {
    expect(signatureOf(secret, path, nonce, body)).toBe(expected);
    expect(sign(secret, path, nonce, body)).toBe(expected);
  });

  test('a request signed by the documentation is granted a token', async () => {
    const sim = await manual({ credentials: [{ apiKey: 'key', secret: SECRET }] });
    const signature =
      '+mRDmY9Ks0Moc1zjv/BjfvYa98buO0x1yHChZR5onlfAzAUbfIYlLggUZzdQ0RsmXm4Sh+Q8iAIZdo2wSeHeiA==';
    const reply = await askForToken(sim, { key: 'key', nonce: '1616492376594', signature });
    expect(reply).toEqual({
      error: [],
      result: { expires: 900, token: expect.stringMatching(/^[\w+/]{43}$/) },
    });
    expect(sim.stats()).toMatchObject({ tokensIssued: 1, tokensRefused: 0 });
  });
});

describe('a token is refused', () => {
  test('for a wrong key, secret, nonce, permission or path, with HTTP 200', async () => {
    const sim = await manual({
      credentials: [
        { apiKey: 'demo', secret: SECRET },
        { apiKey: 'poor', secret: SECRET, hasPermission: false },
      ],
    });
    const good = { secret: SECRET, nonce: '100' };
    const refusals = [
      await askForToken(sim, { ...good, key: 'nobody' }),
      await askForToken(sim, { nonce: '100' }),
      await askForToken(sim, { ...good, nonce: 'abc' }),
      await askForToken(sim, good),
      await askForToken(sim, good),
      await askForToken(sim, { ...good, nonce: '99' }),
      await askForToken(sim, { ...good, nonce: String(2n ** 64n) }),
      await askForToken(sim, { ...good, key: 'poor' }),
      await askForToken(sim, { ...good, nonce: '101', path: '/0/private/Balance' }),
    ];
    expect(refusals.map(({ error }) => error.join())).toEqual([
      'EAPI:Invalid key',
      'EAPI:Invalid signature',
      'EAPI:Invalid nonce',
      '',
      'EAPI:Invalid nonce',
      'EAPI:Invalid nonce',
      'EAPI:Invalid nonce',
      'EGeneral:Permission denied',
      'EGeneral:Unknown method',
    ]);
  });

  test('for too many calls of a key', async () => {
    const sim = await manual();
    const replies = [];
    for (let i = 0; i < 25; i++) replies.push(await askForToken(sim));
    expect(replies[0]!.error).toEqual([]);
    expect(replies.at(-1)!.error).toEqual(['EAPI:Rate limit exceeded']);
  });

  test('a JSON body does as well as a form', async () => {
    const sim = await manual();
    const body = '{"nonce": 18446744073709551615}';
    const { KRAKEN_DEMO_SECRET } = await import('tickring/sim');
    const response = await fetch(sim.restUrl + TOKEN_PATH, {
      method: 'POST',
      body,
      headers: {
        'API-Key': 'demo',
        'API-Sign': sign(KRAKEN_DEMO_SECRET, TOKEN_PATH, '18446744073709551615', body),
        'Content-Type': 'application/json',
      },
    });
    expect(await response.json()).toMatchObject({ error: [], result: { expires: 900 } });
  });
});

describe('private channels', () => {
  test('need a token: one that was issued, and in time', async () => {
    const sim = await manual();
    const client = await Client.connect(sim.authUrl);
    const invalid = {
      channel: 'executions',
      error: 'ESession:Invalid session',
      method: 'subscribe',
      status: 'error',
      success: false,
      time_in: expect.any(String),
      time_out: expect.any(String),
    };
    const noToken = await client.subscribe('executions', undefined);
    expect(noToken).toMatchObject([{ error: 'Token(s) not found', success: false }]);
    expect(await client.subscribe('executions', undefined, { token: 'x' })).toStrictEqual([invalid]);
    const token = await tokenOf(sim);
    sim.inject({ kind: 'expire-tokens' });
    expect(await client.subscribe('executions', undefined, { token })).toStrictEqual([invalid]);
  });

  test('a token that a subscription keeps does not get too old', async () => {
    const sim = await manual();
    const client = await Client.connect(sim.authUrl);
    const token = await tokenOf(sim);
    await client.subscribe('balances', undefined, { token });
    sim.inject({ kind: 'expire-tokens' });
    const [ack] = await client.subscribe('executions', undefined, { token });
    expect(ack.success).toBe(true);
    const gone = once(sim, 'disconnect');
    client.socket.terminate();
    await gone;
    const other = await Client.connect(sim.authUrl);
    const [refusal] = await other.subscribe('executions', undefined, { token });
    expect(refusal.error).toBe('ESession:Invalid session');
  });

  test('executions: an ack with warnings, open orders, then reports numbered from 2', async () => {
    const sim = await manual();
    const client = await Client.connect(sim.authUrl);
    const token = await tokenOf(sim);
    const [ack, snapshot] = await client.subscribe('executions', undefined, { token, snap_trades: true });
    expect(ack.result).toStrictEqual({
      channel: 'executions',
      maxratecount: expect.any(Number),
      snap_orders: true,
      snap_trades: true,
      snapshot: true,
      warnings: [
        'cancel_reason is deprecated, use reason',
        'stop_price is deprecated, use triggers.price',
        'trigger is deprecated use triggers.reference',
        'triggered_price is deprecated use triggers.last_price',
      ],
    });
    expect(snapshot).toMatchObject({ channel: 'executions', type: 'snapshot', sequence: 1 });
    await client.take();
    expect(sim.stepAccounts(300)).toBe(300);
    const updates = await client.takeFrames();
    expect(updates.map(({ sequence }) => sequence)).toEqual(updates.map((_, i) => i + 2));
    const reports = updates.flatMap(({ data }) => data);
    const types = new Set(reports.map(({ exec_type }) => exec_type));
    expect([...types].sort()).toEqual(['amended', 'canceled', 'filled', 'new', 'pending_new', 'trade']);
    // Sparse: 'new' does not say of which pair. What is known of an order before must be kept.
    const known = new Set([...snapshot.data, ...reports].map(({ order_id, symbol }) => symbol && order_id));
    for (const report of reports) {
      if (report.exec_type === 'new') expect(report.symbol).toBeUndefined();
      expect(known.has(report.order_id)).toBe(true);
    }
    expect(sim.stats().channels.executions).toMatchObject({ snapshots: 1, updates: updates.length });
  });

  test('balances: wallets, then an entry of the ledger for each side of a trade', async () => {
    const sim = await manual();
    const client = await Client.connect(sim.authUrl);
    const token = await tokenOf(sim);
    const [ack, snapshot] = await client.subscribe('balances', undefined, { token });
    expect(ack.result).toStrictEqual({ channel: 'balances', snapshot: true });
    const balances = new Map<string, number>();
    for (const { asset, balance, wallets } of snapshot.data) {
      expect(wallets).toEqual([{ type: 'spot', id: 'main', balance }]);
      balances.set(asset, balance);
    }
    await client.subscribe('executions', undefined, { token, snap_orders: false });
    await client.take();
    sim.stepAccounts(200);
    const frames = await client.takeFrames();
    const entries = frames.filter(({ channel }) => channel === 'balances');
    const trades = frames.filter(
      ({ channel, data }) => channel === 'executions' && data[0].exec_type === 'trade',
    );
    expect(trades.length).toBeGreaterThan(10);
    expect(entries).toHaveLength(2 * trades.length);
    expect(entries.map(({ sequence }) => sequence)).toEqual(entries.map((_, i) => i + 2));
    for (const [i, { data }] of entries.entries()) {
      const [{ ref_id, asset, amount, fee, balance }] = data;
      expect(ref_id).toBe(trades[i >> 1].data[0].exec_id);
      expect(balances.get(asset)! + amount - fee).toBeCloseTo(balance, 3);
      balances.set(asset, balance);
    }
  });

  test('without order_status the transitions are left out', async () => {
    const sim = await manual();
    const client = await Client.connect(sim.authUrl);
    const token = await tokenOf(sim);
    await client.subscribe('executions', undefined, { token, order_status: false });
    await client.take();
    sim.stepAccounts(200);
    const types = new Set((await client.takeFrames()).map(({ data }) => data[0].exec_type));
    expect([...types].sort()).toEqual(['canceled', 'filled', 'new', 'trade']);
  });

  test('each key has its own account; a new subscription counts from 1', async () => {
    const sim = await manual({ credentials: ['a', 'b'].map((apiKey) => ({ apiKey, secret: SECRET })) });
    const clients: [Client, string, Frame][] = [];
    for (const key of ['a', 'b']) {
      const token = (await askForToken(sim, { key, secret: SECRET })).result!.token;
      const client = await Client.connect(sim.authUrl);
      const [, snapshot] = await client.subscribe('executions', undefined, { token });
      await client.take();
      clients.push([client, token, snapshot]);
    }
    expect(clients[0]![2].data).not.toEqual(clients[1]![2].data);
    sim.stepAccounts(2);
    const [client, token] = clients[0]!;
    expect((await client.takeFrames())[0]).toMatchObject({ sequence: 2 });
    await client.request({ method: 'unsubscribe', params: { channel: 'executions', token } });
    const [, snapshot] = await client.subscribe('executions', undefined, { token });
    expect(snapshot.sequence).toBe(1);
  });

  test('order entry is not there: the key is without that permission', async () => {
    const sim = await manual();
    const client = await Client.connect(sim.authUrl);
    const token = await tokenOf(sim);
    const params = { order_type: 'limit', symbol: 'BTC/USD', token };
    const [refusal] = await client.request({ method: 'add_order', params, req_id: 5 });
    expect(refusal).toMatchObject({
      error: 'EGeneral:Permission denied',
      method: 'add_order',
      req_id: 5,
      success: false,
    });
  });

  test.runIf(hasFixtures)('reports have the keys of the captured ones', async () => {
    const sim = await manual();
    const client = await Client.connect(sim.authUrl);
    const token = await tokenOf(sim);
    await client.subscribe('executions', undefined, { token });
    await client.subscribe('balances', undefined, { token });
    await client.take();
    sim.stepAccounts(300);
    const frames = await client.takeFrames();
    const report = (type: string) =>
      Object.keys(frames.find(({ data }) => data[0].exec_type === type)!.data[0]);
    const rows = fixture('executions.jsonl').flatMap((text) => JSON.parse(text).data);
    const captured = (type: string, index = 0) =>
      Object.keys(rows.filter(({ exec_type }) => exec_type === type)[index]);
    expect(report('pending_new')).toEqual(captured('pending_new'));
    expect(report('new')).toEqual(captured('new'));
    expect(report('amended')).toEqual(captured('amended'));
    expect(report('canceled').sort()).toEqual(captured('canceled').sort());
    const trade = report('trade');
    const optional = ['sender_sub_id', 'margin', 'margin_borrow', 'liquidated'];
    for (const key of captured('trade')) if (!optional.includes(key)) expect(trade).toContain(key);
    const ledger = JSON.parse(fixture('balances.jsonl')[1]!);
    const entry = frames.find(({ channel }) => channel === 'balances');
    expect([Object.keys(entry), Object.keys(entry.data[0])]).toEqual([
      Object.keys(ledger),
      Object.keys(ledger.data[0]),
    ]);
  });
});

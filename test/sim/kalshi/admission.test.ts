import { constants, generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { KalshiSimulator, makeKey } from '../../support/kalshi-sim-internals.ts';
import { Client, closeAll, headers, keyOf, refusal, signed, simulator } from './client.ts';

const NOT_FOUND = { code: 'authentication_error', details: 'NOT_FOUND' };
const BAD_SIGNATURE = { code: 'authentication_error', details: 'INVALID_SIGNATURE' };

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const RSA_KEY = { id: 'rsa', publicKey: rsa.publicKey };

afterEach(closeAll);

describe('signatures', () => {
  test('of RSA and Ed25519 keys let in, from a PEM of either half or a key object', async () => {
    const ed = makeKey('ed25519', 'ed');
    const sim = await simulator({
      keys: [
        RSA_KEY,
        { id: 'pem', publicKey: rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString() },
        { id: 'pkcs1', publicKey: rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString() },
        ed.key,
      ],
    });
    for (const keyId of ['rsa', 'pem', 'pkcs1'])
      await Client.connect(sim, { keyId, privateKey: rsa.privateKey });
    await Client.connect(sim, ed.credentials);
    expect(sim.subscriptions().map(({ keyId }) => keyId)).toEqual(['rsa', 'pem', 'pkcs1', 'ed']);
  });

  test('of RSA with any other padding, salt, digest or path get 401', async () => {
    const sim = await simulator({ keys: [RSA_KEY] });
    const now = String(Date.now());
    const text = Buffer.from(`${now}GET/trade-api/ws/v2`);
    const padding = constants.RSA_PKCS1_PSS_PADDING;
    const wrong = [
      sign('sha256', text, { key: rsa.privateKey, padding, saltLength: 0 }),
      sign('sha256', text, { key: rsa.privateKey, padding }),
      sign('sha512', text, { key: rsa.privateKey, padding, saltLength: 32 }),
      sign('sha256', text, rsa.privateKey),
      sign('sha256', Buffer.from(`${now}GET/trade-api/ws/v1`), {
        key: rsa.privateKey,
        padding,
        saltLength: 32,
      }),
    ].map((signature) => signature.toString('base64'));
    const right = sign('sha256', text, { key: rsa.privateKey, padding, saltLength: 32 }).toString('base64');
    for (const signature of [...wrong, '', right.replace(/=+$/, ''), `${right}AAAA`]) {
      const refused = await refusal(sim.url, signed('rsa', now, signature));
      expect(refused).toEqual({ status: 401, body: BAD_SIGNATURE });
    }
    expect(sim.stats()).toMatchObject({ refused: 8, accepted: 0 });
  });

  test('of an Ed25519 key must be of that key', async () => {
    const sim = await simulator({ keys: [keyOf('a').key] });
    const { signer } = keyOf('a');
    expect(await refusal(sim.url, headers(signer))).toEqual({ status: 401, body: BAD_SIGNATURE });
  });

  test('of a key that there is not get 401 with the body that is known of the service', async () => {
    const sim = await simulator();
    const refused = once(sim, 'refused');
    expect(await refusal(sim.url, headers(keyOf('other').signer))).toEqual({ status: 401, body: NOT_FOUND });
    expect(await refused).toEqual([{ status: 401, keyId: 'other', details: 'NOT_FOUND' }]);
  });

  test('are good for as long as the timestamp may be off', async () => {
    const { key, signer } = keyOf('a');
    const sim = await simulator({ keys: [key], timestampSkew: 60_000 });
    const now = Date.now();
    for (const timestamp of [now - 120_000, now + 120_000, Math.floor(now / 1000), 'soon']) {
      const { status, body } = await refusal(sim.url, headers(signer, String(timestamp)));
      expect([status, body]).toEqual([
        401,
        { code: 'authentication_error', details: 'TIMESTAMP_OUT_OF_RANGE' },
      ]);
    }
    await Client.connect(sim, signer, { headers: headers(signer, String(now - 30_000)) });
  });

  test('cover the path only: a query does not matter, another path is not found', async () => {
    const { key, signer } = keyOf('a');
    const sim = await simulator({ keys: [key] });
    expect((await refusal(sim.url.replace('v2', 'v3'), headers(signer))).status).toBe(404);
    expect((await refusal(`${sim.url}?x=1`, {})).status).toBe(401);
    expect((await fetch(sim.url.replace('ws', 'http'))).status).toBe(426);
  });
});

test('who does not sign gets 401, or the public channels alone where that is allowed', async () => {
  const sim = await simulator();
  expect((await refusal(sim.url)).status).toBe(401);
  const open = await simulator({ allowUnsigned: true });
  const client = await Client.connect(open, null);
  expect(await client.subscribe('ticker')).toMatchObject({ type: 'subscribed' });
  for (const channel of ['orderbook_delta', 'fill', 'communications', 'cfbenchmarks_value']) {
    const answer = await client.subscribe(channel, { market_ticker: open.tickers[0] });
    expect(answer).toMatchObject({ type: 'error', msg: { code: 9, msg: 'Authentication required' } });
  }
});

test('a user has so many connections over all keys', async () => {
  const [a, b, c] = [keyOf('a'), keyOf('b'), keyOf('c', { user: 'somebody' })];
  const sim = await simulator({ keys: [a.key, b.key, c.key], maxConnections: 2 });
  await Client.connect(sim, a.signer);
  await Client.connect(sim, b.signer);
  expect((await refusal(sim.url, headers(a.signer))).status).toBe(429);
  await Client.connect(sim, c.signer);
});

test('keys can be replaced while it runs', async () => {
  const [a, b] = [keyOf('a'), keyOf('b')];
  const sim = await simulator({ keys: [a.key] });
  await Client.connect(sim, a.signer);
  sim.acceptKeys([b.key]);
  expect((await refusal(sim.url, headers(a.signer))).body).toEqual(NOT_FOUND);
  await Client.connect(sim, b.signer);
  expect(sim.stats().connections).toBe(2);
});

test('without keys in the options it makes one and tells', async () => {
  const sim = new KalshiSimulator({ rate: 0 });
  await sim.listen();
  await Client.connect(sim, sim.credentials);
  await sim.close();
});

test('options that cannot be used are refused', () => {
  const x25519 = generateKeyPairSync('x25519').publicKey;
  for (const options of [
    { rate: -1 },
    { markets: 0 },
    { port: 70_000 },
    { era: '2025-10' },
    { era: 'today' },
    { pingInterval: 0 },
    { stepLimit: -1 },
    { startTime: -1 },
    { keys: [{ id: 'x', publicKey: 'junk' }] },
    { keys: [{ id: 'x', publicKey: x25519 }] },
  ]) {
    expect(() => new KalshiSimulator(options)).toThrow(
      expect.objectContaining({ code: 'ERR_TICKRING_ARGUMENT' }) as Error,
    );
  }
});

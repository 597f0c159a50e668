import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { makeKey, simKalshi } from '../../support/kalshi-sim-internals.ts';
import { Client, headers } from './client.ts';

interface Greeting {
  readonly url: string;
  readonly keyId: string;
  readonly privateKey: string | undefined;
  readonly tickers: readonly string[];
}

const folder = mkdtempSync(join(tmpdir(), 'kalshi-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function start(
  args: string[],
): Promise<{ child: ChildProcess; greeting: Greeting; output: () => string }> {
  const path = fileURLToPath(new URL('run-cli.js', import.meta.url));
  const child = fork(path, args, { silent: true, execArgv: [] });
  let output = '';
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  const [greeting] = (await once(child, 'message')) as [Greeting];
  return { child, greeting, output: () => output };
}

async function connect({ url, keyId }: Greeting, privateKey: string): Promise<Client> {
  const client = new Client(new WebSocket(url, { headers: headers({ keyId, privateKey }) }));
  await once(client.socket, 'open');
  return client;
}

test('tickring sim kalshi says where it listens and what to sign with, streams, and ends with a summary', async () => {
  const { child, greeting, output } = await start([
    '--rate',
    '2000',
    '--markets',
    '10',
    '--fault',
    'garbage@0/0.01',
  ]);
  const client = await connect(greeting, greeting.privateKey!);
  expect(greeting.tickers).toHaveLength(10);
  await client.subscribe('orderbook_delta', { market_tickers: greeting.tickers });
  await client.until(({ garbage, messages }) => garbage.length > 0 && messages.length > 100);
  child.send('pause');
  const [{ stats }] = (await once(child, 'message')) as [{ stats: { steps: number } }];
  expect(stats.steps).toBeGreaterThan(50);
  const exited = once(child, 'close');
  child.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
  expect(output()).toContain(`listening on ${greeting.url}\nkey id: demo\n`);
  expect(output()).toContain('-----BEGIN PRIVATE KEY-----');
  expect(output()).toContain('fault garbage: met 1 connections\n');
  expect(output()).toMatch(/sent \d+ messages, \d+ bytes, to 1 connections; \d+ events, \d+ delayed\n$/);
});

test('tickring sim kalshi writes the key to a file that only its owner reads, or takes one', async () => {
  const file = join(folder, 'key.pem');
  const first = await start(['--key-type', 'rsa', '--key-file', file, '--era', '2025-11']);
  const client = await connect(first.greeting, readFileSync(file, 'utf8'));
  expect(statSync(file).mode & 0o777).toBe(0o600);
  await client.subscribe('ticker', { market_ticker: first.greeting.tickers[0], send_initial_snapshot: true });
  await client.until(({ messages }) => messages.length > 1);
  expect(client.of('ticker')[0]!.msg).toHaveProperty('yes_bid');
  expect(first.output()).not.toContain('PRIVATE KEY');
  first.child.kill('SIGTERM');
  await once(first.child, 'exit');

  const { key, credentials } = makeKey('rsa', 'mine');
  const given = join(folder, 'public.pem');
  writeFileSync(
    given,
    key.publicKey instanceof Object ? key.publicKey.export({ type: 'spki', format: 'pem' }) : key.publicKey,
  );
  const second = await start(['--public-key', given, '--key-id', 'mine']);
  expect(second.greeting.privateKey).toBeUndefined();
  await connect(second.greeting, credentials.privateKey);
  const exited = once(second.child, 'exit');
  second.child.disconnect();
  expect(await exited).toEqual([0, null]);
});

test('arguments that cannot be used are refused', async () => {
  for (const args of [
    ['--key-type', 'dsa'],
    ['--public-key', join(folder, 'nothing.pem')],
    ['--rate', 'fast'],
    ['--fault', 'flood'],
    ['--fault', 'drop=0'],
    ['--era', 'stone'],
    ['extra'],
  ]) {
    await expect(simKalshi(args)).rejects.toMatchObject({ code: 'ERR_TICKRING_ARGUMENT' });
  }
});

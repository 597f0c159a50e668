import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { KrakenSimulatorStats } from 'tickring/sim';
import { expect, test } from 'vitest';
import { Client } from './client.ts';

const PROGRAM = fileURLToPath(new URL('../run-cli.js', import.meta.url));

interface Greeting {
  readonly url: string;
  readonly authUrl: string;
  readonly level3Url: string;
  readonly restUrl: string;
  readonly symbols: string[];
}

async function start(args: readonly string[]) {
  const child = fork(PROGRAM, args, { silent: true, execArgv: [] });
  let output = '';
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  const [greeting] = (await once(child, 'message')) as [Greeting];
  return { child, greeting, output: () => output };
}

test('tickring sim kraken says where it listens, streams, records, and ends with a summary', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tickring-'));
  const file = join(folder, 'session.jsonl');
  try {
    const args = ['kraken', '--rate', '2000', '--seed', '3', '--instruments', '30', '--record', file];
    const { child, greeting, output } = await start([...args, '--fault', 'proxy-text@0.2/0.2']);
    expect(greeting.symbols).toHaveLength(30);
    expect(new URL(greeting.authUrl).host).toBe(new URL(greeting.restUrl).host);
    const client = await Client.connect(greeting.url);
    client.send({ method: 'subscribe', params: { channel: 'book', symbol: ['BTC/USD'] } });
    await client.until(
      () => client.texts.length > 20 && client.texts.some((text) => text.startsWith('CloudFlare')),
    );
    child.send('pause');
    const [{ stats }] = (await once(child, 'message')) as [{ stats: KrakenSimulatorStats }];
    expect(stats.channels.book.snapshots).toBe(1);
    const exited = once(child, 'close');
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    expect(output()).toContain(`listening on ${greeting.url}\nprivate: ${greeting.authUrl}, `);
    expect(output()).toMatch(/sent \d+ messages, \d+ bytes, to 1 connections; \d+ events, \d+ delayed\n$/);

    // What it recorded begins with everything that the client received, and can be played.
    const frames = (await readFile(file, 'utf8')).split('\n').filter(Boolean);
    expect(frames.slice(0, client.texts.length)).toEqual(client.texts);
    const replay = await start(['kraken', '--rate', 'max', '--replay', file]);
    expect(replay.greeting.symbols).toEqual(['BTC/USD']);
    const viewer = await Client.connect(replay.greeting.url);
    viewer.send({ method: 'subscribe', params: { channel: 'book', symbol: ['BTC/USD'] } });
    const books = frames.filter((text) => text.startsWith('{"channel":"book"'));
    await viewer.until(
      () => viewer.texts.filter((text) => text.startsWith('{"channel":"book"')).length === books.length,
    );
    const ended = once(replay.child, 'exit');
    replay.child.disconnect();
    expect(await ended).toEqual([0, null]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

import { get, type IncomingMessage } from 'node:http';
import type { KrakenSimulator } from 'tickring/sim';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BTC, krakenSimulator } from '../support/kraken.ts';
import { until } from '../support/memory.ts';
import { RawStream } from '../support/raw-stream.ts';
import { ask, Stream, serveKraken, untilAnswer } from '../support/serve.ts';
import type { Server } from '../support/serve-internals.ts';

let simulator: KrakenSimulator;
let server: Server;

beforeEach(async () => {
  simulator = await krakenSimulator();
});

afterEach(async () => {
  await server.close();
  await simulator.close();
});

/** So much that sockets fill soon. */
const MUCH = '/stream?symbols=*&levels=100';

/** A server of a busy market. */
async function busy(...args: string[]): Promise<void> {
  await simulator.close();
  simulator = await krakenSimulator({ rate: 3000 });
  server = await serveKraken(
    simulator,
    simulator.symbols,
    '--interval',
    '5',
    '--client-buffer',
    '65536',
    ...args,
  );
}

async function serverStats() {
  return (await ask(server, '/stats')).body.server;
}

test('a client that does not read is passed over, and told how much it missed', async () => {
  await busy();
  using slow = await RawStream.open(server, MUCH);
  await until(() => slow.text.includes('event: update'));
  slow.stop();
  using other = new Stream(server, '/stream/BTC%2FUSD');
  const { lagged } = await untilAnswer(server, '/stats', ({ server }) => server.lagged > 100).then(
    (body) => body.server,
  );
  // Nobody else notices.
  const seen = other.events.length;
  await other.when(() => other.events.length > seen + 10);
  simulator.pause();
  slow.resume();
  await until(() => slow.text.includes('event: lagged'));
  const [, missed] = /event: lagged\ndata: \{"missed":(\d+)\}/.exec(slow.text)!;
  expect(Number(missed)).toBeGreaterThanOrEqual(lagged);
  // It has the newest state of all that it missed.
  const { body } = await ask(server, '/depth/BTC/USD');
  await until(() => slow.text.includes(`"asOf":${body.asOf}`));
});

test('a client that never reads is cut off', async () => {
  await busy('--client-timeout', '300');
  using dead = await RawStream.open(server, MUCH);
  await until(() => dead.text.includes('event: update'));
  dead.stop();
  const { cut } = (
    await untilAnswer(server, '/stats', ({ server }) => server.cut > 0 && server.streams === 0)
  ).server;
  expect(cut).toBe(1);
});

test('a client that is gone is forgotten', async () => {
  server = await serveKraken(simulator, [BTC]);
  {
    using stream = new Stream(server, '/stream/BTC%2FUSD');
    await stream.first('snapshot');
    expect((await serverStats()).streams).toBe(1);
  }
  await untilAnswer(server, '/stats', ({ server }) => server.streams === 0);
});

test('a thousand streams of one symbol all get its updates, which are composed once', async () => {
  server = await serveKraken(simulator, [BTC], '--interval', '20');
  await untilAnswer(server, '/depth/BTC/USD', ({ state }) => state !== 'empty');
  const CLIENTS = 1000;
  const texts: string[] = Array<string>(CLIENTS).fill('');
  const answers = await Promise.all(texts.map((_, client) => openStream(client, texts)));
  using one = new Stream(server, '/stream/BTC%2FUSD');
  await one.first('snapshot');
  const before = await serverStats();
  expect(before.streams).toBe(CLIENTS + 1);
  simulator.step(1, BTC);
  const { data } = await one.first('update');
  await until(() => texts.every((text) => text.includes(`"asOf":${data.asOf}`)));
  const after = await serverStats();
  expect(after.writes - before.writes).toBe((after.updates - before.updates) * (CLIENTS + 1));
  expect(after.updates - before.updates).toBeLessThanOrEqual(2);
  for (const answer of answers) answer.destroy();
});

function openStream(client: number, texts: string[]): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = get(new URL('/stream/BTC%2FUSD', server.url), { agent: false }, (answer) => {
      answer.setEncoding('utf8');
      answer.on('data', (text: string) => {
        texts[client] += text;
        if (texts[client]!.includes('event: snapshot')) resolve(answer);
      });
      answer.on('error', () => {});
    });
    request.on('error', reject);
  });
}

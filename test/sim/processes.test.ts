import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { KiteSimulator } from 'tickring/sim';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';

interface OfficialTick {
  readonly instrument_token: number;
  readonly mode: string;
}

function start(file: string, args: string[]) {
  const path = fileURLToPath(new URL(file, import.meta.url));
  return fork(path, args, { serialization: 'advanced', silent: true, execArgv: [] });
}

test('the official client streams unchanged: modes, shapes and order updates', async () => {
  const sim = new KiteSimulator({ rate: 2_000, instruments: 100 });
  await sim.listen();
  const client = start('official-client.js', [`${sim.url}/`, '256265', '408065', '738561', '779521']);
  const latest = new Map<number, OfficialTick>();
  let order: unknown;
  const done = new Promise<void>((resolve) => {
    client.on('message', (message: { ticks?: OfficialTick[]; order?: unknown }) => {
      for (const tick of message.ticks ?? []) latest.set(tick.instrument_token, tick);
      order ??= message.order;
      const modes = [...latest.values()].map((tick) => tick.mode).join();
      if (modes === 'full,full,ltp,quote' && order !== undefined) resolve();
    });
  });
  await once(sim, 'subscription');
  sim.sendOrder({ order_id: '42', status: 'COMPLETE' });
  await done;
  expect(order).toEqual({ order_id: '42', status: 'COMPLETE' });
  const level = { quantity: expect.any(Number), price: expect.any(Number), orders: expect.any(Number) };
  expect(latest.get(408065)).toMatchObject({
    tradable: true,
    ohlc: { open: expect.any(Number) },
    exchange_timestamp: expect.any(Date),
    last_trade_time: expect.any(Date),
    depth: { buy: new Array(5).fill(level), sell: new Array(5).fill(level) },
  });
  expect(latest.get(256265)).toMatchObject({ tradable: false, exchange_timestamp: expect.any(Date) });
  expect(Object.keys(latest.get(738561)!)).toEqual(['tradable', 'mode', 'instrument_token', 'last_price']);
  const exited = once(client, 'exit');
  await sim.close();
  expect(await exited).toEqual([0, null]);
});

test('tickring sim kite says where it listens, streams, and ends with a summary', async () => {
  const args = ['kite', '--port', '0', '--rate', 'max', '--seed', '3', '--packets-per-frame', '50'];
  const child = start('run-cli.js', [...args, '--instruments', '200', '--heartbeat', '500']);
  let output = '';
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  const socket = new WebSocket(`${url}/?api_key=demo&access_token=demo`);
  await once(socket, 'open');
  socket.send('{"a":"subscribe","v":[408065]}');
  // A heartbeat may come first.
  const frame = await new Promise<Buffer>((resolve) => {
    socket.on('message', (data: Buffer) => data.length > 1 && resolve(data));
  });
  expect(frame.readUInt32BE(4)).toBe(408065);
  const exited = once(child, 'close');
  child.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
  expect(output).toContain(`listening on ${url}\ncredentials: api_key=demo access_token=demo\n`);
  expect(output).toMatch(/sent \d+ ticks in \d+ frames, \d+ bytes, to 1 connections; 0 delayed\n$/);
});

test('tickring sim ends with the process that forked it', async () => {
  const child = start('run-cli.js', ['kite']);
  await once(child, 'message');
  const exited = once(child, 'exit');
  child.disconnect();
  expect(await exited).toEqual([0, null]);
});

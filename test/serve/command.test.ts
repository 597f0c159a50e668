import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { endWithTest } from '../support/children.ts';
import { MAIN, runToEnd } from '../support/command.ts';
import { until } from '../support/memory.ts';
import { RawStream } from '../support/raw-stream.ts';
import { Stream, untilAnswer } from '../support/serve.ts';

const TOKEN = 'a-token-for-this-test';

const run = (main: string, ...args: string[]) => runToEnd([main, 'serve', ...args]);

/** `tickring serve` in a process of its own. */
class Running {
  readonly url: string;
  readonly child: ChildProcess;
  output = '';

  private constructor(child: ChildProcess, url: string) {
    this.child = child;
    this.url = url;
  }

  static async start(...args: string[]): Promise<Running> {
    const child = endWithTest(
      fork(MAIN, ['serve', '--port', '0', ...args], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] }),
    );
    let output = '';
    for (const stream of [child.stdout!, child.stderr!])
      stream.on('data', (text) => {
        output += text;
        if (running) running.output = output;
      });
    let running: Running | undefined;
    const [{ url }] = (await once(child, 'message')) as [{ url: string }];
    running = new Running(child, url);
    running.output = output;
    return running;
  }

  async end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.child.exitCode !== null) return this.child.exitCode;
    const exit = once(this.child, 'exit');
    this.child.kill(signal);
    return (await exit)[0];
  }
}

describe('the command', () => {
  test('serves all simulators without a word, and says where', async () => {
    const running = await Running.start();
    expect(running.output).toContain(`tickring serves kite, kraken, kalshi on ${running.url}`);
    const info = await (await fetch(`${running.url}info`)).json();
    expect(info).toMatchObject({ simulated: true, faults: true, subscriptions: { enabled: true } });
    expect(await running.end('SIGINT')).toBe(0);
  });

  test.each(['SIGINT', 'SIGTERM'] as const)(
    'ends under load on %s: streams are told, and it exits with 0',
    async (signal) => {
      const running = await Running.start(
        '--sim',
        '--rate',
        'kite:20000',
        '--interval',
        '5',
        '--shutdown',
        '10000',
      );
      const server = running as never;
      using stream = new Stream(server, '/stream/BTC%2FUSD');
      using all = new Stream(server, '/stream?symbols=*');
      using events = new Stream(server, '/events');
      const records = new WebSocket(new URL('/records?venue=kite', running.url.replace('http', 'ws')));
      let goodbye = '';
      records.on('message', (data, isBinary) => {
        if (!isBinary) goodbye = String(data);
      });
      await stream.first('update');
      await all.first('update');
      await until(() => records.readyState === WebSocket.OPEN);
      const closed = once(records, 'close');
      const ended = running.end(signal);
      for (const each of [stream, all, events])
        expect((await each.first('closing')).data).toEqual({ reason: 'shutdown' });
      const [code] = await closed;
      expect([code, JSON.parse(goodbye)]).toEqual([1001, { type: 'closing', reason: 'shutdown' }]);
      expect(await ended).toBe(0);
      await expect(fetch(`${running.url}info`)).rejects.toThrow();
    },
  );

  test('does not wait for clients that do not read, beyond its deadline', async () => {
    const running = await Running.start(
      '--sim',
      '--depth',
      'kraken:100',
      '--interval',
      '5',
      '--shutdown',
      '1000',
    );
    using dead = await RawStream.open(running as never, '/stream?symbols=*&levels=100');
    await until(() => dead.text.includes('event: update'));
    dead.stop();
    await untilAnswer(running as never, '/stats', ({ server }) => server.lagged > 0);
    expect(await running.end('SIGTERM')).toBe(0);
  });

  test('writes no secret to its logs', async () => {
    const running = await Running.start(
      '--sim',
      '--venue',
      'kraken',
      '--token',
      TOKEN,
      '--log-level',
      'trace',
    );
    await (await fetch(`${running.url}info`, { headers: { authorization: `Bearer ${TOKEN}` } })).text();
    await (await fetch(`${running.url}events?format=json&token=${TOKEN}`)).text();
    await (await fetch(`${running.url}info?token=${TOKEN}`)).text();
    const child = running;
    await until(() => child.output.split('"msg":"answered"').length > 3);
    expect(await running.end('SIGTERM')).toBe(0);
    expect(running.output).toContain('"path":"/events"');
    expect(running.output).not.toContain(TOKEN);
  });

  test('says what is wrong with how it was called, and exits with 2', async () => {
    expect(await run(MAIN, '--port', 'x')).toMatchObject({
      code: 2,
      stderr: 'tickring serve: --port must be an integer from 0 to 65535; not "x"\n',
    });
    expect(await run(MAIN, '--live', '--venue', 'kite', '--symbols', '1')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('KITE_ACCESS_TOKEN'),
    });
    expect(await run(MAIN, '--venue', 'kite', '--symbols', 'INFY')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('instrument tokens'),
    });
    expect(await run(MAIN, '--depth', 'kraken:7')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('depth: '),
    });
  });

  test('exits with 1 when its port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    expect(await run(MAIN, '--port', String(port), '--venue', 'kraken')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('EADDRINUSE'),
    });
    other.close();
  });

  test('explains itself', async () => {
    const { code, stdout } = await run(MAIN, '--help');
    expect(code).toBe(0);
    for (const flag of ['--venue', '--symbols', '--token', '--tls-cert', '--config', '--faults'])
      expect(stdout).toContain(flag);
    expect(stdout).toContain('Exit codes');
  });
});

test('without its optional packages it says what to install', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tickring-alone-'));
  try {
    const root = fileURLToPath(new URL('../..', import.meta.url));
    cpSync(join(root, 'dist'), join(folder, 'dist'), { recursive: true });
    cpSync(join(root, 'package.json'), join(folder, 'package.json'));
    for (const name of ['ws', 'piscina']) {
      const target = join(folder, 'node_modules', name);
      mkdirSync(dirname(target), { recursive: true });
      symlinkSync(join(root, 'node_modules', name), target);
    }
    expect(await run(join(folder, 'dist/src/cli/main.js'), '--venue', 'kraken')).toMatchObject({
      code: 1,
      stderr:
        'tickring serve: the server needs fastify and prom-client, which are not installed: npm install fastify prom-client\n',
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

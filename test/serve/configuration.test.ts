import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configure, nearMatches } from '../support/serve-internals.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tickring-serve-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

function file(content: unknown): string {
  const path = join(folder, 'settings.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

describe('settings', () => {
  test('without any, all simulators are served to this machine, with everything allowed', () => {
    expect(configure([], {})).toMatchObject({
      host: '127.0.0.1',
      port: 3000,
      faults: true,
      subscriptions: { enabled: true },
      venues: { kite: { simulated: true, symbols: undefined }, kraken: { simulated: true } },
    });
  });

  test('who says what to serve says what is allowed, too', () => {
    for (const args of [
      ['--sim'],
      ['--venue', 'kraken'],
      ['--live', '--venue', 'kraken', '--symbols', 'BTC/USD'],
    ])
      expect(configure(args, {})).toMatchObject({ faults: false, subscriptions: { enabled: false } });
  });

  test('come from flags before the environment, and from that before the file', () => {
    const path = file({ port: 1, interval: 10, 'log-level': 'error', sim: true });
    const environment = { TICKRING_CONFIG: path, TICKRING_PORT: '2', TICKRING_LOG_LEVEL: 'warn' };
    expect(configure(['--port', '3'], environment)).toMatchObject({
      port: 3,
      interval: 10,
      logLevel: 'warn',
    });
    expect(configure([], environment)).toMatchObject({ port: 2 });
    // A mode that is said nearer counts.
    expect(configure(['--live', '--venue', 'kraken', '--symbols', 'BTC/USD'], environment)).toMatchObject({
      venues: { kraken: { simulated: false } },
    });
  });

  test.each([
    [
      'flags',
      ['--symbols', 'kite:1,2', '--symbols', 'kraken:BTC/USD', '--rate', 'kraken:max', '--rate', 'kite:5'],
      {},
    ],
    [
      'the environment',
      [],
      { TICKRING_SYMBOLS: 'kite:1,2 kraken:BTC/USD', TICKRING_RATE: 'kraken:max;kite:5' },
    ],
    ['a file', { symbols: { kite: [1, 2], kraken: 'BTC/USD' }, rate: { kraken: 'max', kite: 5 } }, {}],
  ])('are given for each venue by %s', (_, given, environment) => {
    const args = Array.isArray(given) ? given : ['--config', file(given)];
    expect(configure(args, environment)!.venues).toMatchObject({
      kite: { symbols: ['1', '2'], rate: 5 },
      kraken: { symbols: ['BTC/USD'], rate: Number.POSITIVE_INFINITY },
    });
  });

  test.each([
    [['--port', 'high'], {}, /^--port must be an integer from 0 to 65535/],
    [['--nothing'], {}, /--nothing/],
    [['--venue', 'nasdaq'], {}, /^venue: there is no nasdaq/],
    [['--sim', '--live'], {}, /exclude each other/],
    [['--live', '--venue', 'kraken'], {}, /^symbols: .*--symbols kraken:/],
    [['--symbols', 'BTC/USD'], {}, /^symbols: say of which venue/],
    [['--venue', 'kite', '--rate', 'kraken:5'], {}, /^rate: kraken is not served/],
    [['--tls-cert', 'x.pem'], {}, /^tls-cert and tls-key/],
    [['--tls-cert', 'none.pem', '--tls-key', 'none.pem'], {}, /^tls-cert: .*none\.pem/],
    [['--url', 'ws://x'], {}, /^url goes with --live/],
    [['--config', 'none.json'], {}, /^none\.json/],
    [[], { TICKRING_LOG_LEVEL: 'loud' }, /^TICKRING_LOG_LEVEL is one of/],
    [[], { TICKRING_FAULTS: 'perhaps' }, /^TICKRING_FAULTS is true or false/],
    [['--client-buffer', '1'], {}, /^--client-buffer must be an integer from 65536/],
  ])('that cannot be used are named: %j %j', (args, environment, message) => {
    expect(() => configure(args, environment)).toThrow(message);
  });

  test.each([
    [{ prot: 1 }, /there is no setting "prot"/],
    [{ port: '80x' }, /"port" must be an integer/],
    [{ symbols: { kite: [] } }, /"symbols" of kite must not be empty/],
    [[1], /must hold a JSON object/],
    ['{', /JSON/],
  ])('in a file that cannot be used are named: %j', (content, message) => {
    expect(() => configure(['--config', file(content)], {})).toThrow(message);
  });

  test('a token is in no message', () => {
    expect(() => configure(['--token', 'secret', '--port', 'x'], {})).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('secret') }),
    );
  });
});

test.each([
  ['btcusd', 'BTC/USD'],
  ['BTC-USD', 'BTC/USD'],
  ['BTC', 'BTC/EUR'],
  ['ETH/USDD', 'ETH/USD'],
  ['40806', '408065'],
])('who asks for %s may mean %s', (wanted, name) => {
  expect(nearMatches(wanted, ['ADA/USD', 'BTC/EUR', 'BTC/USD', 'ETH/USD', '408065', '738561'], 2)).toContain(
    name,
  );
});

test('what is like nothing has no near matches', () => {
  expect(nearMatches('', ['BTC/USD'], 5)).toEqual([]);
  expect(nearMatches('ZZZZZZZZ', ['BTC/USD'], 5)).toEqual([]);
  expect(nearMatches('X'.repeat(10_000), ['BTC/USD'], 5)).toEqual([]);
});

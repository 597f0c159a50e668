import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { stripVTControlCharacters } from 'node:util';
import { KrakenSimulator } from 'tickring/sim';
import { describe, expect, test } from 'vitest';
import { endOf, startTickring, tickring, tickringWith } from '../support/command.ts';

const COMMANDS = ['bench', 'book', 'demo', 'doctor', 'serve', 'sim', 'stream', 'top'];

describe('help', () => {
  test('names every command, and the exit codes', async () => {
    const { code, stdout } = await tickring('--help');
    expect(code).toBe(0);
    for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
    expect(stdout).toContain('Exit codes');
  });

  const VENUES = ['kite', 'kraken', 'kalshi'];

  test.each([
    ...COMMANDS.map((command) => [command]),
    ...VENUES.map((venue) => ['sim', venue]),
    ...VENUES.map((venue) => ['demo', `--venue=${venue}`]),
  ])('%s %s says how it is used', async (command, ...more) => {
    const { code, stdout, stderr } = await tickring(command!, ...more, '--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^Usage: tickring ${command}`));
    expect(stdout).toContain('Exit codes');
  });

  test('of a command may be asked for by its name', async () => {
    expect(await tickring('help', 'doctor')).toEqual(await tickring('doctor', '--help'));
  });

  test('the version is that of the package', async () => {
    const { version } = createRequire(import.meta.url)('../../package.json');
    expect(await tickring('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });
});

describe('what is called wrongly ends with 2 and says why', () => {
  test.each([
    ['no such command', ['tip'], "there is no command 'tip'"],
    ['what every object has', ['constructor'], "there is no command 'constructor'"],
    ['an option that there is not', ['top', '--colour'], '--colour'],
    ['a venue that there is not', ['top', '--venue', 'nowhere'], "there is no venue 'nowhere'"],
    ['no column to sort by', ['top', '--sort', 'luck'], '--sort is one of'],
    ['no symbol', ['book'], 'name one symbol'],
    ['two symbols', ['book', 'BTC/USD', 'ETH/USD'], 'name one symbol'],
    ['no venue has such symbols', ['book', 'a b'], 'does not look like a symbol'],
    ['not in the simulator', ['book', 'BTC/XSD', '--once'], 'did you mean BTC/USD'],
    ['live, but of what', ['top', '--live'], 'with --live, name the venues'],
    ['a service of a simulator', ['top', '--url', 'ws://127.0.0.1:1'], '--url goes with --live'],
    [
      'a format that there is not',
      ['stream', 'BTC/USD', '--format', 'xml'],
      '--format is one of ndjson, csv',
    ],
    ['no count', ['stream', 'BTC/USD', '--count', '0'], '--count must be an integer'],
    ['no time', ['bench', '--seconds', '0'], '--seconds'],
    ['symbols for the doctor', ['doctor', 'BTC/USD'], 'BTC/USD'],
  ])('%s', async (_, args, message) => {
    const { code, stdout, stderr } = await tickring(...args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
  });
});

describe('the views without a terminal', () => {
  test('top --once prints one table of all that was asked for, without escape sequences', async () => {
    const { code, stdout, stderr } = await tickring(
      'top',
      'BTC/USD',
      'ETH/USD',
      'kite:INFY',
      '--once',
      '--sort',
      'rate',
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stripVTControlCharacters(stdout)).toBe(stdout);
    expect(stdout.match(/^tickring top/gm)).toHaveLength(1);
    expect(stdout).toMatch(/^kraken +simulated +● 1 subscribed.* ticks\/s .*lag \d+ +lost 0 +latency p50/m);
    expect(stdout).toMatch(/^kraken +BTC\/USD +\d+\.\d+ .*right$/m);
    expect(stdout).toMatch(/^kite +INFY +\d+\.\d\d .*right$/m);
  });

  test('NO_COLOR and FORCE_COLOR change nothing in what is piped', async () => {
    const { stdout } = await tickringWith({ FORCE_COLOR: '1' }, 'book', 'BTC/USD', '--once', '--levels', '2');
    expect(stripVTControlCharacters(stdout)).toBe(stdout);
    expect(stdout).toMatch(/✓ right {2}checksum \d+ matched/);
    expect(stdout).toMatch(/imbalance [+−]?\d+ % of 2 \+ 2 levels/);
  });

  test('top prints a table each interval, until it is asked to end', async () => {
    const top = startTickring(['top', 'BTC/USD', '--interval', '20']);
    let tables = 0;
    for await (const line of createInterface({ input: top.stdout! })) {
      if (line.startsWith('tickring top') && ++tables === 3) top.kill('SIGTERM');
    }
    expect(tables).toBeGreaterThanOrEqual(3);
    expect(await endOf(top)).toBe(0);
  });

  test.each([
    ['top', ['top', 'BTC/USD', '--interval', '20']],
    ['book', ['book', 'BTC/USD', '--interval', '20']],
    ['stream', ['stream', 'BTC/USD']],
    ['stream as CSV', ['stream', 'BTC/USD', '--format', 'csv']],
  ])('%s ends quietly with 0 when nobody reads its output any more', async (_, args) => {
    const command = startTickring(args);
    let stderr = '';
    command.stderr!.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    await once(command.stdout!, 'data');
    command.stdout!.destroy();
    expect(await endOf(command)).toBe(0);
    expect(stderr).toBe('');
  });

  test('--once ends with 1 when what was asked for does not come, and says what it was told', async () => {
    const simulator = new KrakenSimulator({ instruments: 2 });
    await simulator.listen();
    try {
      const { code, stderr } = await tickring(
        'book',
        'NO/SUCH',
        '--once',
        '--live',
        '--venue',
        'kraken',
        '--url',
        simulator.url,
      );
      expect(code).toBe(1);
      expect(stderr).toContain('NO/SUCH');
    } finally {
      await simulator.close();
    }
  });
});

describe('doctor', () => {
  test('tells what this machine has, for people', async () => {
    const { code, stdout } = await tickring('doctor', '--offline');
    expect(code).toBe(0);
    for (const name of ['Node.js', 'shared memory', 'WebAssembly', 'clock'])
      expect(stdout).toContain(`✓ ${name}`);
    expect(stdout).toMatch(/wake-up +a parked thread within p50 \d/);
    expect(stdout).not.toContain('service');
  });

  test('and for programs', async () => {
    const { code, stdout } = await tickring('doctor', '--offline', '--json');
    expect(code).toBe(0);
    const { ok, checks } = JSON.parse(stdout);
    expect(ok).toBe(true);
    expect(checks).toContainEqual(
      expect.objectContaining({ name: 'cores', figures: { cores: expect.any(Number) } }),
    );
    expect(checks).toContainEqual(
      expect.objectContaining({
        name: 'wake-up',
        figures: { p50Micros: expect.any(Number), p99Micros: expect.any(Number) },
      }),
    );
  });

  test('ends with 1 when something that is needed is missing, and keeps what is secret to itself', async () => {
    const environment = { KITE_API_KEY: 'k3y-of-mine', KITE_ACCESS_TOKEN: '' };
    const { code, stdout, stderr } = await tickringWith(
      environment,
      'doctor',
      '--live',
      '--venue',
      'kite',
      '--timeout',
      '1',
    );
    expect(code).toBe(1);
    expect(stderr).toContain('missing: ');
    expect(stdout).toMatch(/✗ kite credentials +KITE_ACCESS_TOKEN not set/);
    expect(stdout + stderr).not.toContain('k3y-of-mine');
  });
});

test('bench measures copying and decoding with nothing but the package', async () => {
  const { code, stdout } = await tickring('bench', '--seconds', '0.2', '--json');
  expect(code).toBe(0);
  const { results } = JSON.parse(stdout);
  expect(results).toHaveLength(3);
  expect(results[0].ofCopying).toBe(1);
  for (const { packetsPerSecond } of results) expect(packetsPerSecond).toBeGreaterThan(0);
  expect((await tickring('bench', '--seconds', '0.1')).stdout).toMatch(
    /copy, decode and read +[\d,]+ +\d+\.\d/,
  );
});

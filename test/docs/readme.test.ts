import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { KalshiSimulator, KiteSimulator, KrakenSimulator, makeKalshiKey } from 'tickring/sim';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const README = readFileSync('README.md', 'utf8');

/** The programs of the README, by the name in the comment before each. */
const programs = new Map(
  [...README.matchAll(/<!-- run: ([\w-]+) -->\n```js\n([\s\S]*?)```/g)].map(([, name, code]) => [
    name!,
    code!,
  ]),
);

describe('the README', () => {
  let folder: string;
  let simulator: KiteSimulator;
  let kraken: KrakenSimulator;
  let kalshi: KalshiSimulator;
  const { key, credentials } = makeKalshiKey();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tickring-readme-'));
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    simulator = new KiteSimulator({ rate: 1000 });
    await simulator.listen();
    kraken = new KrakenSimulator({ rate: 1000 });
    await kraken.listen();
    kalshi = new KalshiSimulator({ rate: 1000, markets: 1, keys: [key] });
    await kalshi.listen();
    await writeFile(join(folder, 'key.pem'), credentials.privateKey);
  });

  afterAll(async () => {
    await simulator.close();
    await kraken.close();
    await kalshi.close();
    await rm(folder, { recursive: true });
  });

  /** Runs a program until it has printed `lines` lines; answers what it printed. */
  async function run(name: string, lines: number): Promise<string> {
    const file = join(folder, `${name}.mjs`);
    const code = programs
      .get(name)!
      .replace(/from 'tickring(\/\w+)?'/g, (_, entry: string | undefined) =>
        entry ? `from '${entryFile(`.${entry}`)}'` : `from '${entryFile('.')}'`,
      );
    await writeFile(file, code);
    const child = spawn(process.execPath, [file], {
      env: {
        ...process.env,
        KITE_API_KEY: 'demo',
        KITE_ACCESS_TOKEN: 'demo',
        KITE_URL: simulator.url,
        KRAKEN_URL: kraken.url,
        KALSHI_API_KEY_ID: credentials.keyId,
        KALSHI_PRIVATE_KEY_PATH: join(folder, 'key.pem'),
        KALSHI_URL: kalshi.url,
        KALSHI_MARKET: kalshi.tickers[0],
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.split('\n').length > lines) child.kill();
    });
    await once(child, 'close');
    expect(errors).toBe('');
    return output;
  }

  /** Where an entry of the exports map lies. */
  function entryFile(entry: string): string {
    const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      exports: Record<string, { default: string }>;
    };
    return resolve(exports[entry]!.default);
  }

  test('has a program for each way of using the library', () => {
    expect([...programs.keys()]).toEqual(['first-ticks', 'first-book', 'first-market', 'worker', 'decode']);
  });

  test('shows ticks with its first program', async () => {
    expect(await run('first-ticks', 20)).toMatch(/^(256265|408065|738561) \d+/m);
  });

  test('shows a book and trades with its second', async () => {
    const output = await run('first-book', 200);
    expect(output).toMatch(/^\d+(\.\d+)? \d+(\.\d+)? spread \d/m);
    expect(output).toMatch(/^(buy|sell) \d+\.\d+ @ \d+/m);
  });

  test('shows both sides of a market and trades with its third', async () => {
    const output = await run('first-market', 200);
    expect(output).toMatch(/^YES [\d.]+ [\d.]+ {2}NO [\d.]+ [\d.]+$/m);
    expect(output).toMatch(/^\d+\.\d\d contracts at 0\.\d{4}$/m);
  });

  test('shows ticks on another thread with its fourth', async () => {
    expect(await run('worker', 20)).toMatch(/^(256265|408065|738561) \d+/m);
  });

  test('decodes a frame with its fifth', async () => {
    const output = await run('decode', Number.POSITIVE_INFINITY);
    expect(output).toContain('last_price: 1515');
    expect(output).toContain('408065 1515');
  });

  test('names commands that package.json has', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      scripts: Record<string, string>;
    };
    const named = [...README.matchAll(/npm (?:run )?(start|test|bench|example)\b/g)].map(
      ([, script]) => script!,
    );
    expect(named.length).toBeGreaterThan(3);
    for (const script of named) expect(scripts).toHaveProperty(script);
  });

  test('has a row for every error code, and no other', async () => {
    // Those of the server are in docs/serving.md.
    const source = readdirSync('src', { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !/^(serve|cli)\b/.test(file))
      .map((file) => readFileSync(join('src', file), 'utf8'))
      .join('\n');
    const codes = (text: string) => [...new Set(text.match(/ERR_TICKRING_[A-Z_]+/g))].sort();
    const rows = README.slice(README.indexOf('## Errors'));
    expect(codes(rows)).toEqual(codes(source));
  });
});

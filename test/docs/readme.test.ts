import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { KiteSimulator, KrakenSimulator } from 'tickring/sim';
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

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tickring-readme-'));
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    simulator = new KiteSimulator({ rate: 1000 });
    await simulator.listen();
    kraken = new KrakenSimulator({ rate: 1000 });
    await kraken.listen();
  });

  afterAll(async () => {
    await simulator.close();
    await kraken.close();
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
    expect([...programs.keys()]).toEqual(['first-ticks', 'first-book', 'worker', 'decode']);
  });

  test('shows ticks with its first program', async () => {
    expect(await run('first-ticks', 20)).toMatch(/^(256265|408065|738561) \d+/m);
  });

  test('shows a book and trades with its second', async () => {
    const output = await run('first-book', 200);
    expect(output).toMatch(/^\d+(\.\d+)? \d+(\.\d+)? spread \d/m);
    expect(output).toMatch(/^(buy|sell) \d+\.\d+ @ \d+/m);
  });

  test('shows ticks on another thread with its third', async () => {
    expect(await run('worker', 20)).toMatch(/^(256265|408065|738561) \d+/m);
  });

  test('decodes a frame with its fourth', async () => {
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
    const source = ['src/errors.ts', 'src/feed/connection-state.ts', 'src/kraken/subscription-error.ts']
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n');
    const codes = (text: string) => [...new Set(text.match(/ERR_TICKRING_[A-Z_]+/g))].sort();
    const rows = README.slice(README.indexOf('## Errors'));
    expect(codes(rows)).toEqual(codes(source));
  });
});

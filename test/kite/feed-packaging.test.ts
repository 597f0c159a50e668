import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const { exports } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  exports: Record<string, unknown>;
};
const ENTRIES = Object.keys(exports)
  .filter((entry) => !entry.endsWith('.json'))
  .map((entry) => entry.replace('.', 'tickring'));

/** Runs a program in a fresh process; answers what it printed on both streams. */
async function run(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: ROOT });
  return { stdout, stderr };
}

const canRequire = process.features.require_module === true;

describe.each(ENTRIES)('%s', (entry) => {
  test('can be imported, and lets the process end', async () => {
    const program = `import * as entry from '${entry}'; console.log(Object.keys(entry).length > 0)`;
    expect(await run('--input-type=module', '-e', program)).toEqual({ stdout: 'true\n', stderr: '' });
  });

  test.runIf(canRequire)('can be required where Node can, and is the same', async () => {
    const program = `
      const required = require('${entry}');
      import('${entry}').then((imported) => console.log(Object.keys(required).length > 0 && required === imported));`;
    const { stdout } = await run('--input-type=commonjs', '-e', program);
    expect(stdout).toBe('true\n');
  });
});

test.runIf(canRequire)('a feed runs in a CommonJS program', async () => {
  const program = `
    const { KiteFeed } = require('tickring');
    const { KiteSimulator } = require('tickring/sim');
    (async () => {
      const sim = new KiteSimulator({ instruments: 10 });
      await sim.listen();
      const feed = new KiteFeed({ url: sim.url, apiKey: 'demo', accessToken: 'demo' });
      const reader = feed.reader();
      feed.subscribe([408065]);
      await feed.start();
      await reader.wait();
      for (const tick of reader.drain()) { console.log(tick.instrumentToken); break; }
      await feed.close();
      await sim.close();
    })();`;
  const { stdout } = await run('--input-type=commonjs', '-e', program);
  expect(stdout).toBe('408065\n');
});

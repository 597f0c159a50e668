import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

async function demo(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  try {
    return { code: 0, ...(await promisify(execFile)(process.execPath, [MAIN, 'demo', ...args])) };
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string };
  }
}

describe('the demo of Kraken', () => {
  test('checks every book, loses nothing, and says so', async () => {
    const { stdout, stderr } = await demo('--venue', 'kraken', '--rate', '2000', '--seconds', '2', '--json');
    expect(stderr).toBe('');
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({ books: 40, connections: 1, lost: 0 });
    expect(result.checked).toBeGreaterThan(40);
    expect(result.records).toBeGreaterThan(0);
  });

  test('draws a ladder and a line for each pair', async () => {
    const { stdout } = await demo(
      '--venue=kraken',
      '--seconds',
      '2',
      '--symbols',
      'BTC/USD,ETH/USD',
      '--rate',
      '500',
    );
    expect(stdout).toContain('streaming books, tickers and trades of 2 pairs from the simulator');
    expect(stdout).toMatch(/BTC\/USD {2}spread \d/);
    expect(stdout).toMatch(/ETH\/USD +\d+\.\d+/);
    expect(stdout).toContain('checksums matched');
  });
});

test('a venue or an option that there is not is refused', async () => {
  expect(await demo('--venue', 'nowhere')).toMatchObject({
    code: 2,
    stderr: "tickring demo: there is no demo of the venue 'nowhere'; there are: kite, kraken\n",
  });
  expect(await demo('--venue', 'kraken', '--tokens', '1')).toMatchObject({ code: 2 });
  expect(await demo('--venue', 'kraken', '--rate', 'slow')).toMatchObject({ code: 2 });
});

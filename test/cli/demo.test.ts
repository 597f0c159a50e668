import { describe, expect, test } from 'vitest';
import { tickring } from '../support/command.ts';

const demo = (...args: string[]) => tickring('demo', ...args);

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

describe('the demo of Kalshi', () => {
  test('checks every number, mends what is lost, and says so', async () => {
    const { stdout, stderr } = await demo('--venue', 'kalshi', '--rate', '2000', '--seconds', '5', '--json');
    expect(stderr).toBe('');
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({ books: 200, connections: 1, lost: 0 });
    expect(result.checked).toBeGreaterThan(200);
    expect(result.gaps).toBeGreaterThan(0);
    expect(result.recoveries).toBeGreaterThan(0);
    expect(result.records).toBeGreaterThan(0);
  });

  test('draws both ladders, a line for each market, and what went wrong', async () => {
    const { stdout } = await demo('--venue=kalshi', '--seconds', '4', '--rate', '500');
    expect(stdout).toContain('streaming books, tickers and trades of 200 markets from the simulator');
    expect(stdout).toMatch(/\n\S+ {2}spread (0\.\d{4}|–) {2}(right|resyncing)\n +YES bids │ NO bids\n/);
    expect(stdout).toMatch(/\nmarket +last +YES bid +YES ask +NO bid +NO ask +spread +contracts +seq\n/);
    expect(stdout).toContain('book messages in order');
    expect(stdout).toMatch(/gap in \w+ \(sid \d+\): \d+ was due, \d+ came/);
  });

  test('wants markets named for the real service, whose books are streamed by market only', async () => {
    expect(await demo('--venue', 'kalshi', '--live')).toMatchObject({
      code: 2,
      stderr: 'tickring demo: --live needs --markets: order books are streamed by market only\n',
    });
  });
});

test('a venue or an option that there is not is refused', async () => {
  expect(await demo('--venue', 'nowhere')).toMatchObject({
    code: 2,
    stderr: "tickring demo: there is no demo of the venue 'nowhere'; there are: kite, kraken, kalshi\n",
  });
  expect(await demo('--venue', 'kraken', '--tokens', '1')).toMatchObject({ code: 2 });
  expect(await demo('--venue', 'kraken', '--rate', 'slow')).toMatchObject({ code: 2 });
});

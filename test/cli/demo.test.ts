import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { endOf, startTickring, tickring } from '../support/command.ts';
import type { Json } from '../support/json.ts';

const demo = (...args: string[]) => tickring('demo', ...args);

/** The result of a demo that ran long enough for what is wanted of it: longer on a machine that is slower. */
async function resultOf(accepts: (result: Json) => boolean, ...args: string[]): Promise<Json> {
  for (let seconds = 2; ; seconds *= 2) {
    const { stdout, stderr } = await demo(...args, '--json', '--seconds', String(seconds));
    expect(stderr).toBe('');
    const result = JSON.parse(stdout);
    if (accepts(result)) return result;
  }
}

/** Runs a demo until all of these have been in its tables, and interrupts it then; answers all that it has written. */
async function tablesUntil(patterns: readonly RegExp[], ...args: string[]): Promise<string> {
  const running = startTickring(['demo', ...args]);
  let text = '';
  running.stdout!.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  while (!patterns.every((pattern) => pattern.test(text))) await once(running.stdout!, 'data');
  const closed = once(running.stdout!, 'close');
  running.kill('SIGINT');
  expect(await endOf(running)).toBe(0);
  await closed;
  return text;
}

describe('the demo of Kraken', () => {
  test('checks every book, loses nothing, and says so', async () => {
    const result = await resultOf(
      ({ checked, records }) => checked > 40 && records > 0,
      ...['--venue', 'kraken', '--rate', '2000'],
    );
    expect(result).toMatchObject({ books: 40, connections: 1, lost: 0 });
  });

  test('draws a ladder and a line for each pair', async () => {
    const text = await tablesUntil(
      [/BTC\/USD {2}spread \d/, /ETH\/USD +\d+\.\d+/],
      ...['--venue=kraken', '--symbols', 'BTC/USD,ETH/USD', '--rate', '500'],
    );
    expect(text).toContain('streaming books, tickers and trades of 2 pairs from the simulator');
    expect(text).toContain('checksums matched');
  });
});

describe('the demo of Kalshi', () => {
  test('checks every number, mends what is lost, and says so', async () => {
    const result = await resultOf(
      ({ checked, gaps, recoveries, records }) => checked > 200 && gaps > 0 && recoveries > 0 && records > 0,
      ...['--venue', 'kalshi', '--rate', '2000'],
    );
    expect(result).toMatchObject({ books: 200, connections: 1, lost: 0 });
  });

  test('draws both ladders, a line for each market, and what went wrong', async () => {
    const text = await tablesUntil(
      [/gap in \w+ \(sid \d+\): \d+ was due, \d+ came/],
      ...['--venue=kalshi', '--rate', '500'],
    );
    expect(text).toContain('streaming books, tickers and trades of 200 markets from the simulator');
    expect(text).toMatch(/\n\S+ {2}spread (0\.\d{4}|–) {2}(right|resyncing)\n +YES bids │ NO bids\n/);
    expect(text).toMatch(/\nmarket +last +YES bid +YES ask +NO bid +NO ask +spread +contracts +seq\n/);
    expect(text).toContain('book messages in order');
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

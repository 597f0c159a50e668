import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { KiteSimulator, KrakenSimulator } from 'tickring/sim';
import { describe, expect, test } from 'vitest';
import { FORMATS } from '../support/cli-internals.ts';
import { endOf, startTickring, tickring } from '../support/command.ts';
import { until } from '../support/memory.ts';

describe('stream', () => {
  test('writes every record of the symbols as an object a line, and ends after --count', async () => {
    const { code, stdout, stderr } = await tickring('stream', 'BTC/USD', 'ETH/USD', '--count', '200');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const records = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(records.filter(({ kind }) => kind !== 'lagged')).toHaveLength(200);
    expect(new Set(records.flatMap(({ symbol }) => symbol ?? []))).toEqual(new Set(['BTC/USD', 'ETH/USD']));
    expect(new Set(records.map(({ kind }) => kind))).toContain('book');
    for (const { venue, receivedAt } of records) {
      expect(venue).toBe('kraken');
      expect(receivedAt).toBeTypeOf('number');
    }
  });

  test('decimals are the text that the service sent, with all its digits', async () => {
    const simulator = new KrakenSimulator({ instruments: 5, rate: 500 });
    await simulator.listen();
    const frames: string[] = [];
    using _ = simulator.record((text) => frames.push(text));
    try {
      const venue = ['--live', '--venue', 'kraken', '--url', simulator.url];
      const { stdout } = await tickring('stream', 'BTC/USD', ...venue, '--kind', 'trade', '--count', '60');
      const trades = stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(trades).toHaveLength(60);
      const sent = frames.join('\n');
      for (const { price, quantity, tradeId } of trades) {
        const own = new RegExp(`\\{[^{}]*"trade_id":${tradeId}\\b[^{}]*\\}`).exec(sent)?.[0];
        expect(own).toContain(`"price":${price},`);
        expect(own).toContain(`"qty":${quantity},`);
      }
    } finally {
      await simulator.close();
    }
  });

  test('CSV has the same columns for all kinds and venues', async () => {
    const stream = startTickring(['stream', 'BTC/USD', 'INFY', '--format', 'csv']);
    const wanted = new Set(['kite tick', 'kraken book', 'kraken trade']);
    let head: string[] | undefined;
    for await (const line of createInterface({ input: stream.stdout! })) {
      const fields = line.split(',');
      head ??= fields;
      expect(fields).toHaveLength(head.length);
      const found = wanted.delete(`${fields[head.indexOf('venue')]} ${fields[head.indexOf('kind')]}`);
      // Once: what comes after the signal is still read.
      if (found && wanted.size === 0) stream.kill('SIGTERM');
    }
    expect(head!.at(-1)).toBe('lagged');
    expect(wanted).toEqual(new Set());
    expect(await endOf(stream)).toBe(0);
  });

  test('who reads slowly is told exactly how much it missed, and the feed goes on', async () => {
    const simulator = new KiteSimulator({ instruments: 200, rate: Number.POSITIVE_INFINITY });
    await simulator.listen();
    const tokens = Array.from(simulator.instrumentTokens.slice(0, 100), String);
    const venue = ['--live', '--venue', 'kite', '--url', simulator.url];
    const env = { ...process.env, KITE_API_KEY: 'demo', KITE_ACCESS_TOKEN: 'demo' };
    const stream = startTickring(['stream', ...tokens, ...venue], { env });
    try {
      await once(stream.stdout!, 'readable');
      // Nobody reads: much more is sent than pipe and ring hold together.
      const enough = simulator.stats().packetsSent + 200_000;
      await until(() => simulator.stats().packetsSent >= enough);
      simulator.pause();
      const { packetsSent } = simulator.stats();
      let read = 0;
      let missed = 0;
      for await (const line of createInterface({ input: stream.stdout! })) {
        const record = JSON.parse(line);
        if (record.kind === 'lagged') missed += record.missed;
        else read += 1;
        if (read + missed === packetsSent) stream.kill('SIGTERM');
      }
      expect(missed).toBeGreaterThan(0);
      expect(read + missed).toBe(packetsSent);
      expect(await endOf(stream)).toBe(0);
    } finally {
      stream.kill('SIGKILL');
      await simulator.close();
    }
  });

  test('SIGTERM ends it with a whole line, and --seconds by itself', async () => {
    const stream = startTickring(['stream', 'BTC/USD']);
    let text = '';
    stream.stdout!.setEncoding('utf8').on('data', (chunk: string) => {
      if (text === '') stream.kill('SIGTERM');
      text += chunk;
    });
    expect(await endOf(stream)).toBe(0);
    expect(text.at(-1)).toBe('\n');
    expect((await tickring('stream', 'BTC/USD', '--seconds', '0.5')).code).toBe(0);
  });

  test('what goes wrong with a feed goes to standard error', async () => {
    const simulator = new KrakenSimulator({ instruments: 2 });
    await simulator.listen();
    try {
      const venue = ['--live', '--venue', 'kraken', '--url', simulator.url];
      const stream = startTickring(['stream', 'NO/SUCH', ...venue]);
      const [text] = await once(stream.stderr!.setEncoding('utf8'), 'data');
      expect(text).toContain('tickring stream: kraken: ');
      expect(text).toContain('NO/SUCH');
      stream.kill('SIGINT');
      expect(await endOf(stream)).toBe(0);
    } finally {
      await simulator.close();
    }
  });
});

describe('formats', () => {
  const tick = {
    venue: 'kite',
    symbol: '1',
    kind: 'tick',
    receivedAt: 5.5,
    lastPrice: '1.50',
    bids: [['1.45', '10', 2]],
    asks: [],
  };

  test('NDJSON tells losses in a line of their own, where they happened', () => {
    expect(FORMATS.ndjson.line(tick, 3)).toBe(
      `{"kind":"lagged","venue":"kite","missed":3}\n${JSON.stringify(tick)}\n`,
    );
    expect(FORMATS.ndjson.line(tick, 0)).toBe(`${JSON.stringify(tick)}\n`);
  });

  test('CSV takes the best levels of records that have no bid and ask of their own', () => {
    const { head, line, losses } = FORMATS.csv;
    expect(head).toBe(
      'receivedAt,venue,symbol,kind,last,quantity,side,bid,bidQuantity,ask,askQuantity,volume,timestamp,epoch,lagged\n',
    );
    expect(line(tick, 3)).toBe('5.5,kite,1,tick,1.50,,,1.45,10,,,,,,3\n');
    expect(losses('kite', 4)).toBe(',kite,,lagged,,,,,,,,,,,4\n');
  });

  test('CSV has no trade in a row that is a change of a book', () => {
    const change = {
      venue: 'kalshi',
      symbol: 'A-B',
      kind: 'book',
      receivedAt: 1,
      price: '0.5',
      side: 'yes',
      yesBid: '0.4',
    };
    expect(FORMATS.csv.line(change, 0)).toBe('1,kalshi,A-B,book,,,,0.4,,,,,,,0\n');
  });

  test('CSV quotes what would break it', () => {
    expect(FORMATS.csv.line({ ...tick, symbol: 'A,"B"\n' }, 0)).toContain(',"A,""B""\n",tick,');
  });
});

/** What the kernel does in a shorter way when a message is written as it is as a rule, against the model that knows no such ways. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTree, tokenArbitrary, writeTree } from './json-tree.ts';
import { Line } from './kalshi-line.ts';
import { DELTA, SNAPSHOT, TICKER } from './kalshi-messages.ts';
import { KalshiModel } from './kalshi-reference.ts';
import { randomFrom } from './kraken-sessions.ts';

/** Sends texts on one connection; each is what JSON.parse makes of it, or malformed. */
function agreement(): (...texts: readonly string[]) => void {
  const line = new Line({ symbols: 2 ** 15, books: 2 ** 12, bookLevels: 4 });
  const model = new KalshiModel(false);
  return (...texts) => {
    line.reset();
    model.reset();
    for (const text of texts) {
      line.texts.length = 0;
      const records = line.send(text);
      const told = { reason: line.texts[0]?.reason ?? 'not', records };
      expect(told, text).toEqual(model.apply(treeOf(text)));
    }
  };
}

function treeOf(text: string) {
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  return parseTree(text);
}

/** Numbers, and what is nearly one. */
const numbers = fc.oneof(
  tokenArbitrary,
  fc.stringMatching(/^-?[0-9]{0,20}(\.[0-9]{0,20})?$/),
  fc.stringMatching(/^[-+.eE0-9]{1,18}$/),
);

describe('a number', () => {
  it('is the same in the last bytes of a message as before', () => {
    const expectAgreement = agreement();
    fc.assert(
      fc.property(numbers, fc.boolean(), fc.nat(20), (number, quoted, spaces) => {
        const value = quoted ? `"${number}"` : number;
        const behind = ' '.repeat(spaces);
        expectAgreement(
          `{"type":"ticker","sid":1,"msg":{"market_ticker":"A","price_dollars":"0.5"},"sending_ts_ms":${value}${behind}}`,
          `{"sending_ts_ms":${value},"type":"ticker","msg":{"market_ticker":"A","volume_fp":${value}${behind}}}`,
          `{"type":"ticker","msg":{"market_ticker":"A","ts_ms":${value}}}${behind}`,
          `{"seq":${value}${behind}}`,
          `{"type":"ticker","seq":${value}`,
          value,
        );
      }),
      { numRuns: 1000 },
    );
  });

  it('in a text with escapes ends where the text does', () => {
    const expectAgreement = agreement();
    fc.assert(
      fc.property(numbers, fc.integer(), (number, seed) => {
        const text = writeTree(number, { escaped: true, random: randomFrom(seed) });
        expectAgreement(`{"type":"ticker","msg":{"market_ticker":"A","volume_fp":${text}}}`);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a time', () => {
  const minutes = fc.constantFrom(
    ...['1970-01-01T00:00', '2026-10-05T21:49', '2026-10-05t21:49', '2026-10-05 21:49', '2026-10-05T21:50'],
    ...['2026-02-29T21:49', '2261-12-31T23:59', '2262-01-01T00:00', '0000-00-00T00:00', '\0'.repeat(16)],
  );
  const rests = fc.constantFrom(
    ...[':27.123456Z', ':27Z', ':60Z', ':61Z', ':2', ':27.Z', ':27.123456789+01:00', '-27Z', ':27.1z'],
    ...[':27.1234567891Z', ':00.000001Z', '', 'Z'],
  );

  it('is the same whether or not the one before it was of the same minute', () => {
    const expectAgreement = agreement();
    const times = fc.array(fc.tuple(minutes, rests), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(times, (all) => {
        for (const [minute, rest] of all) {
          const written = JSON.stringify(minute + rest);
          const raw = `"${minute}${rest}"`;
          expectAgreement(
            `{"type":"ticker","msg":{"market_ticker":"A","time":${written}}}`,
            `{"type":"ticker","msg":{"market_ticker":"A","ts":${raw}}}`,
          );
        }
      }),
      { numRuns: 400 },
    );
  });
});

describe('a text', () => {
  it('of any length, escaped or not, is a market and an id, or too long for them', () => {
    const expectAgreement = agreement();
    const texts = fc.string({ unit: fc.constantFrom('A', '-', '9', '"', 'é', '\\'), maxLength: 90 });
    fc.assert(
      fc.property(texts, texts, fc.boolean(), fc.integer(), (ticker, id, escaped, seed) => {
        fc.pre(Buffer.byteLength(ticker) <= 80);
        const write = (text: string) => writeTree(text, { escaped, random: randomFrom(seed) });
        const market = `"market_ticker":${write(ticker)}`;
        expectAgreement(
          `{"type":"ticker","msg":{${market},"market_id":${write(id)},"price_dollars":"0.5"}}`,
          `{"type":"ticker","msg":{"market_id":${write(id)},${market}}}`,
          `{"type":"ticker","msg":{${market},"market_id":${write(id)}`,
        );
      }),
      { numRuns: 800 },
    );
  });

  it('that comes twice counts the last time, whether its symbol was known or not', () => {
    const expectAgreement = agreement();
    const values = fc.constantFrom('"A"', '"KXBTCD-26OCT0917-T119999.99"', '"NEW"', 'null', '""', '[1]');
    const market = fc.oneof(
      values,
      fc.stringMatching(/^[A-Z0-9-]{1,30}$/).map((text) => JSON.stringify(text)),
    );
    fc.assert(
      fc.property(market, market, (first, second) => {
        const twice = `"market_ticker":${first},"market_ticker":${second}`;
        expectAgreement(
          `{"type":"ticker","msg":{"market_ticker":"A"}}`,
          `{"type":"ticker","msg":{${twice}}}`,
          `{"type":"orderbook_snapshot","sid":1,"seq":1,"msg":{${twice},"yes_dollars_fp":[["0.5","1.00"]]}}`,
          `{"type":"orderbook_delta","sid":1,"seq":2,"msg":{${twice},"price_dollars":"0.5","delta_fp":"1","side":"yes"}}`,
        );
      }),
      { numRuns: 500 },
    );
  });
});

describe('a message', () => {
  it('that is cut off anywhere, or whose rest is another one, is what JSON.parse makes of it', () => {
    const expectAgreement = agreement();
    for (const text of [TICKER, SNAPSHOT, DELTA]) {
      for (let length = 0; length <= text.length; length++) {
        const cut = text.slice(0, length);
        const rests = ['', '"', '}', '}}', '"}}', '1}}', ',"x":1}}', ' ', '\0'];
        expectAgreement(text, ...rests.map((rest) => cut + rest));
      }
    }
  });

  it('ends an object wherever a member could follow', () => {
    const expectAgreement = agreement();
    const whole = '{"type":"ticker","sid":1,"msg":{"market_ticker":"A","price_dollars":"0.5"},"seq":3}';
    for (const text of [
      '{"type":"ticker","sid":1,"msg":{"market_ticker":"A","price_dollars":"0.5"}}',
      '{"type":"ticker","sid":1,"msg":{"market_ticker":"A"},"seq":3}',
      '{"type":"ticker","sid":1,"msg":{"market_ticker":"A","price_dollars":"0.5"}]',
      '{"type":"ticker","sid":1,"msg":{"market_ticker":"A","price_dollars":"0.5",},"seq":3}',
      '{"type":"ticker","sid":1,"msg":{},"seq":3}',
      '{"type":"ticker","sid":1,"msg":{}}',
      '{"type":"ticker","sid":1,"msg":}}',
      '{}',
      '{}}',
    ])
      expectAgreement(whole, text, whole);
  });
});

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { MESSAGE_FIELDS, type MessageType, parseMessage, readFields } from '../support/kalshi-internals.ts';

const NONE = { id: undefined, sid: undefined, seq: undefined, sentAt: undefined };

describe('answers are understood', () => {
  test.each([
    [
      'subscribed',
      { id: 1, type: 'subscribed', msg: { channel: 'ticker', sid: 4 } },
      { id: 1, sid: 4, channel: 'ticker' },
    ],
    ['unsubscribed', { id: 2, sid: 1, seq: 7, type: 'unsubscribed' }, { id: 2, sid: 1, seq: 7 }],
    ['unsubscribed of old', { sid: 2, type: 'unsubscribed' }, { sid: 2 }],
    [
      'ok',
      { id: 3, sid: 1, seq: 8, type: 'ok', msg: { market_tickers: ['A'] } },
      { id: 3, sid: 1, seq: 8, lists: { market_tickers: ['A'] } },
    ],
    [
      'ok of old',
      { id: 3, sid: 1, seq: 8, type: 'ok', market_tickers: ['A'] },
      { id: 3, sid: 1, seq: 8, lists: { market_tickers: ['A'] } },
    ],
    ['ok without a list', { id: 3, sid: 1, seq: 8, type: 'ok' }, { id: 3, sid: 1, seq: 8, lists: {} }],
    [
      'ok by tickers and ids',
      { id: 3, sid: 1, seq: 8, type: 'ok', msg: { market_tickers: ['A'], market_ids: ['u'] } },
      { id: 3, sid: 1, seq: 8, lists: { market_tickers: ['A'], market_ids: ['u'] } },
    ],
    [
      'ok of indices',
      { id: 3, sid: 1, type: 'ok', msg: { index_ids: ['BRTI'] } },
      { id: 3, sid: 1, lists: { index_ids: ['BRTI'] } },
    ],
    ['0 is no id', { id: 0, sid: 2, type: 'unsubscribed' }, { sid: 2 }],
  ])('%s', (_, message, expected) => {
    expect(parseMessage(JSON.stringify(message))).toEqual({ ...NONE, type: message.type, ...expected });
  });

  test.each([
    ['now', { id: 4, type: 'ok', msg: [{ channel: 'trade', sid: 2 }] }],
    ['of old', { id: 4, type: 'ok', subscriptions: [{ channel: 'trade', sid: 2 }] }],
    [
      'of the old schema',
      { id: 4, type: 'list_subscriptions', subscriptions: [{ channel: 'trade', sid: 2 }] },
    ],
  ])('lists of subscriptions, %s', (_, message) => {
    expect(parseMessage(JSON.stringify(message))).toEqual({
      ...NONE,
      id: 4,
      type: 'list',
      subscriptions: [{ channel: 'trade', sid: 2 }],
    });
  });

  test.each([
    ['in msg', { id: 9, type: 'error', msg: { code: 14, msg: 'Market Ticker required' } }],
    ['in error', { id: 9, type: 'error', error: { code: 14, message: 'Market Ticker required' } }],
    ['at the top', { id: 9, type: 'error', code: 14, message: 'Market Ticker required' }],
  ])('errors, with their words %s', (_, message) => {
    expect(parseMessage(JSON.stringify(message))).toEqual({
      ...NONE,
      id: 9,
      type: 'error',
      number: 14,
      words: 'Market Ticker required',
    });
  });

  test('errors with a number that is not known, or without one', () => {
    expect(parseMessage('{"type":"error","sid":3,"seq":9,"msg":{"code":4711,"msg":"Boo"}}')).toMatchObject({
      sid: 3,
      seq: 9,
      number: 4711,
      words: 'Boo',
    });
    expect(parseMessage('{"type":"error"}')).toMatchObject({ number: undefined });
  });
});

test('what is no message of the service is told apart', () => {
  expect(parseMessage('<html>').type).toBe('text');
  for (const text of ['[]', '7', 'null', '{}', '{"type":5}', '{"type":"subscribed"}'])
    expect(parseMessage(text).type).toBe('unknown');
  expect(parseMessage('{"type":"weather","msg":{"sky":"clear"},"sending_ts_ms":5}')).toMatchObject({
    type: 'data',
    name: 'weather',
    msg: { sky: 'clear' },
    sentAt: 5,
  });
});

function read<Type extends MessageType>(type: Type, msg: object) {
  return readFields(MESSAGE_FIELDS[type], msg as Readonly<Record<string, unknown>>);
}

describe('amounts', () => {
  test('are exact, of texts of any width', () => {
    expect(
      read('fill', { yes_price_dollars: '0.75', count_fp: '278.00', fee_cost: '0.003000' }),
    ).toMatchObject({
      yesPrice: { units: 7500, value: 0.75, text: '0.7500' },
      count: { units: 27_800, value: 278, text: '278.00' },
      feeCost: { units: 3000, value: 0.003, text: '0.003000' },
    });
    expect(read('market_position', { position_fp: '-10.50', realized_pnl_dollars: '-0.0001' })).toMatchObject(
      {
        position: { units: -1050, value: -10.5, text: '-10.50' },
        realizedPnl: { units: -100, value: -0.0001, text: '-0.000100' },
      },
    );
  });

  test('of old were integers: cents, contracts, and 1/10,000 dollar', () => {
    expect(read('fill', { yes_price: 75, count: 278, post_position: -500 })).toMatchObject({
      yesPrice: { units: 7500 },
      count: { units: 27_800 },
      postPosition: { units: -50_000 },
    });
    expect(read('market_position', { position_cost: 500_000, volume: 15 })).toMatchObject({
      positionCost: { units: 50_000_000, value: 50 },
      volume: { units: 1500 },
    });
    expect(read('rfq_created', { target_cost: 3500 })).toMatchObject({ targetCost: { text: '0.350000' } });
  });

  test('are taken from the texts where there are both', () => {
    expect(read('fill', { yes_price: 75, yes_price_dollars: '0.7550' }).yesPrice?.units).toBe(7550);
  });

  test('that are absent, empty, no numbers or too fine are not there', () => {
    for (const value of [undefined, null, '', 'x', '0.75001', '9'.repeat(20), {}])
      expect(read('fill', { yes_price_dollars: value }).yesPrice).toBeUndefined();
    expect(read('fill', { yes_price_dollars: '0.750000' }).yesPrice?.units).toBe(7500);
  });
});

test('words that are not known come as they are', () => {
  expect(read('market_lifecycle_v2', { event_type: 'paused' }).eventType).toBe('paused');
  expect(read('user_order', { status: 'dreaming', ticker: 'A' })).toMatchObject({
    status: 'dreaming',
    marketTicker: 'A',
  });
});

test('what was renamed or had another type is read either way', () => {
  expect(read('event_lifecycle', { sub_title: 'old' }).subtitle).toBe('old');
  expect(read('event_lifecycle', { subtitle: 'new' }).subtitle).toBe('new');
  const metadata = (floor: unknown) => ({ additional_metadata: { floor_strike: floor, title: 't' } });
  expect(read('market_lifecycle_v2', metadata('12.5')).additionalMetadata?.floorStrike).toBe(12.5);
  expect(read('market_lifecycle_v2', metadata(12.5)).additionalMetadata).toMatchObject({
    floorStrike: 12.5,
    title: 't',
  });
});

const FIXTURES = new URL('../../../shared/fixtures/kalshi/', import.meta.url);

describe.runIf(existsSync(FIXTURES))('the shared sample frames', () => {
  const files = existsSync(FIXTURES)
    ? readdirSync(FIXTURES).filter((name) => /server|live|cents/.test(name))
    : [];

  test.each(files)('%s: every frame is understood', (name) => {
    const lines = readFileSync(new URL(name, FIXTURES), 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) {
      const sample = JSON.parse(line) as { frame?: unknown };
      const message = parseMessage(JSON.stringify(sample.frame ?? sample));
      expect(['text', 'unknown']).not.toContain(message.type);
    }
  });
});

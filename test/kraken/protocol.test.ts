import { existsSync, readFileSync } from 'node:fs';
import { ArgumentError } from 'tickring';
import type { SubscribeRequest } from 'tickring/kraken';
import { describe, expect, test } from 'vitest';
import { parseMessage, refusalOf, requestMessage, specsOf } from '../support/kraken-internals.ts';

const FIXTURES = new URL('../../../shared/fixtures/kraken/', import.meta.url);

function lines(file: string): string[] {
  return readFileSync(new URL(file, FIXTURES), 'utf8').trim().split('\n');
}

describe('a request', () => {
  test('names channel, symbols, parameters and number', () => {
    const [spec] = specsOf({ channel: 'book', symbols: ['BTC/USD'], depth: 25 });
    const text = requestMessage(7, 'subscribe', 'book', ['BTC/USD'], spec!.subscribeParams, undefined);
    expect(JSON.parse(text)).toEqual({
      method: 'subscribe',
      params: { channel: 'book', symbol: ['BTC/USD'], depth: 25, snapshot: true },
      req_id: 7,
    });
  });

  test.each<[SubscribeRequest, object, object]>([
    [
      { channel: 'ticker', symbols: ['A/B'] },
      { event_trigger: 'trades', snapshot: true },
      { event_trigger: 'trades' },
    ],
    [
      { channel: 'ticker', symbols: ['A/B'], eventTrigger: 'bbo', snapshot: false },
      { event_trigger: 'bbo', snapshot: false },
      { event_trigger: 'bbo' },
    ],
    [{ channel: 'trade', symbols: ['A/B'] }, { snapshot: false }, {}],
    [{ channel: 'book', symbols: ['A/B'] }, { depth: 10, snapshot: true }, { depth: 10 }],
    [{ channel: 'ohlc', symbols: ['A/B'], interval: 60 }, { interval: 60, snapshot: true }, { interval: 60 }],
    [{ channel: 'level3', symbols: ['A/B'], depth: 100 }, { depth: 100, snapshot: true }, { depth: 100 }],
    [{ channel: 'instrument' }, { snapshot: true, include_tokenized_assets: false }, {}],
    [
      { channel: 'executions' },
      { snap_orders: true, snap_trades: false, order_status: true, ratecounter: false },
      {},
    ],
    [{ channel: 'balances' }, { snapshot: true }, {}],
  ])(
    'for %o sends flags that have defaults of their own, and unsubscribes with what it must',
    (request, subscribe, unsubscribe) => {
      const [spec] = specsOf(request);
      expect(spec).toMatchObject({
        channel: request.channel,
        subscribeParams: subscribe,
        unsubscribeParams: unsubscribe,
      });
    },
  );

  test("takes v1's names for what they are called in v2", () => {
    const [spread] = specsOf({ channel: 'spread', symbols: ['BTC/USD'] });
    expect(spread).toMatchObject({ channel: 'ticker', variant: 'bbo' });
    const [trades] = specsOf({ channel: 'ownTrades' });
    const [orders] = specsOf({ channel: 'openOrders' });
    expect(trades).toMatchObject({ channel: 'executions', endpoint: 'private' });
    expect(trades?.subscribeParams).toMatchObject({ snap_orders: true, snap_trades: true });
    expect(orders).toEqual(trades);
  });

  test.each<[unknown, string]>([
    [{ channel: 'candles', symbols: ['A/B'] }, 'not candles'],
    [{ channel: 'book' }, 'book needs symbols'],
    [{ channel: 'book', symbols: [] }, 'book needs symbols'],
    [{ channel: 'book', symbols: [''] }, 'a symbol is a text'],
    [{ channel: 'book', symbols: [7] }, 'not 7'],
    [{ channel: 'book', symbols: ['A/B'], depth: 27 }, 'one of 10, 25, 100, 500, 1000; not 27'],
    [{ channel: 'ohlc', symbols: ['A/B'], interval: 2 }, 'not 2'],
    [{ channel: 'level3', symbols: ['A/B'], depth: 25 }, 'not 25'],
    [{ channel: 'ticker', symbols: ['A/B'], eventTrigger: 'all' }, 'not all'],
    [{ channel: 'trade', symbols: ['A/B'], snapshot: 1 }, 'snapshot is true or false'],
  ])('that cannot be, %o, is refused', (request, words) => {
    expect(() => specsOf(request as SubscribeRequest)).toThrow(ArgumentError);
    expect(() => specsOf(request as SubscribeRequest)).toThrow(words);
  });

  test('for one symbol alone, or named twice, is for one', () => {
    expect(specsOf({ channel: 'trade', symbols: 'BTC/USD' })).toHaveLength(1);
    expect(specsOf({ channel: 'trade', symbols: ['BTC/USD', 'BTC/USD'] })).toHaveLength(1);
  });
});

describe('a message', () => {
  test('of acknowledgement is understood, whatever the order of its keys', () => {
    const text =
      '{"time_out":"x","success":true,"result":{"symbol":"ETH/USD","interval":60,"channel":"ohlc","snapshot":true,"warnings":["timestamp is deprecated, use interval_begin"]},"req_id":121,"method":"subscribe"}';
    expect(parseMessage(text)).toEqual({
      type: 'acknowledged',
      method: 'subscribe',
      id: 121,
      result: {
        channel: 'ohlc',
        symbol: 'ETH/USD',
        depth: undefined,
        interval: 60,
        eventTrigger: undefined,
        warnings: ['timestamp is deprecated, use interval_begin'],
      },
    });
  });

  test('of status keeps the connection number that no double holds', () => {
    const text =
      '{"channel":"status","data":[{"api_version":"v2","connection_id":12393906104898154338,"system":"online","version":"2.0.4"}],"type":"update"}';
    expect(parseMessage(text)).toMatchObject({
      type: 'status',
      status: { connectionId: '12393906104898154338', system: 'online', upcomingMaintenance: [] },
    });
  });

  test.each<[string, object]>([
    [
      '{"error":"Currency pair not supported X","method":"subscribe","req_id":3,"success":false,"symbol":"X"}',
      { type: 'refused', method: 'subscribe', id: 3, symbol: 'X', words: 'Currency pair not supported X' },
    ],
    ['{"error":"Malformed request","method":"error","success":false}', { type: 'refused', method: 'error' }],
    ['{"Error":"Exceeded msg rate"}', { type: 'refused', words: 'Exceeded msg rate' }],
    // An acknowledgement that does not say yes is none.
    ['{"method":"subscribe","req_id":4,"result":{"channel":"book"}}', { type: 'refused', id: 4 }],
    ['{"method":"subscribe","req_id":4,"success":"true","result":{}}', { type: 'refused', id: 4 }],
    ['{"method":"pong","req_id":1,"time_in":"a","time_out":"b"}', { type: 'pong', id: 1 }],
    ['CloudFlare WebSocket proxy restarting', { type: 'text' }],
    ['', { type: 'text' }],
    ['null', { type: 'unknown' }],
    ['[1,2]', { type: 'unknown' }],
    ['{"channel":"trade","data":[7]}', { type: 'unknown' }],
    ['{"channel":"status","data":{}}', { type: 'unknown' }],
    ['{"method":"add_order","result":{}}', { type: 'unknown' }],
    [
      '{"channel":"executions","type":"snapshot","data":[],"sequence":1}',
      { type: 'data', channel: 'executions', snapshot: true, rows: [], sequence: 1 },
    ],
    [
      '{"channel":"instrument","type":"update","data":{"assets":[],"pairs":[]}}',
      { type: 'data', channel: 'instrument', snapshot: false, rows: [{ assets: [], pairs: [] }] },
    ],
  ])('%s is understood for what it is', (text, message) => {
    expect(parseMessage(text)).toMatchObject(message);
  });

  test.each<[string, string]>([
    ['Exceeded msg rate', 'rate'],
    ['EAPI:Rate limit exceeded', 'rate'],
    ['ESession:Invalid session', 'token'],
    ['EAPI:Invalid token', 'token'],
    ['Already subscribed', 'duplicate'],
    ['Already subscribed to one ohlc interval on this symbol', 'final'],
    ['Currency pair not supported XBT/USD', 'final'],
    ['Token(s) not found', 'final'],
  ])('of refusal %j is one of kind %j', (words, kind) => {
    expect(refusalOf(words)).toBe(kind);
  });
});

describe.runIf(existsSync(FIXTURES))('real frames', () => {
  test('of acknowledgement are all understood', () => {
    const messages = lines('acks.jsonl').map(parseMessage);
    expect(messages.length).toBeGreaterThan(10);
    for (const message of messages) expect(message.type).toBe('acknowledged');
  });

  test('of refusal are all understood, with their words', () => {
    for (const line of lines('errors.jsonl')) {
      const { error } = JSON.parse(line) as { error: string };
      expect(parseMessage(line)).toMatchObject({ type: 'refused', words: error });
    }
  });

  test('of status are understood; heartbeats and pongs are no surprise', () => {
    const types = lines('status-heartbeat-pong.jsonl').map((line) => parseMessage(line).type);
    expect(new Set(types)).toEqual(new Set(['status', 'unknown', 'pong']));
  });

  test('of private channels are understood', () => {
    for (const channel of ['executions', 'balances']) {
      for (const line of lines(`${channel}.jsonl`)) {
        const { sequence } = JSON.parse(line) as { sequence: number };
        expect(parseMessage(line)).toMatchObject({ type: 'data', channel, sequence });
      }
    }
  });

  test('that are no JSON are kept as they are', () => {
    const text = readFileSync(new URL('non-json-text-frame.txt', FIXTURES), 'utf8').trim();
    expect(parseMessage(text)).toEqual({ type: 'text', text });
  });
});

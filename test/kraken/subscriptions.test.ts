import fc from 'fast-check';
import { ArgumentError, CapacityError, ConnectionError } from 'tickring';
import type { SubscribeRequest } from 'tickring/kraken';
import { describe, expect, test } from 'vitest';
import { type Endpoint, KrakenSubscriptions, type Stream, specsOf } from '../support/kraken-internals.ts';

/** What a service does with requests, strictly: it refuses a slot that it streams already. */
class Service {
  /** By connection: slot → variant. */
  readonly streams = new Map<number, Map<string, number | string | undefined>>();
  readonly violations: string[] = [];

  on(connection: number): Map<string, number | string | undefined> {
    let streams = this.streams.get(connection);
    if (!streams) {
      streams = new Map();
      this.streams.set(connection, streams);
    }
    return streams;
  }
}

interface Setup {
  endpoints?: readonly Endpoint[];
  limit?: number;
  books?: number;
}

function setup({ endpoints = ['public', 'public', 'public'], limit = 4, books = 100 }: Setup = {}) {
  const log: string[] = [];
  const name = ({ spec }: Stream) => `${spec.slot} ${spec.variant ?? ''}`.trim();
  const subscriptions = new KrakenSubscriptions(
    endpoints.map((account, connection) => ({ connection, account })),
    { public: limit, private: 2, level3: limit },
    books,
    {
      needed: (connection) => log.push(`needed ${connection}`),
      changed: () => {},
      live: (stream) => log.push(`live ${name(stream)}`),
      refused: (stream, reason) => log.push(`refused ${name(stream)}: ${reason}`),
      removed: (stream) => log.push(`removed ${name(stream)}`),
      kept: (connection, slot) => log.push(`kept ${connection} ${slot}`),
      gone: (connection, { slot }) => log.push(`gone ${connection} ${slot}`),
    },
  );
  const service = new Service();
  /** Sends one message of a connection and answers it; what is refused is told by `refuses`. */
  const exchange = (connection: number, refuses: (slot: string) => string | undefined = () => undefined) => {
    const batch = subscriptions.next(connection, () => 3);
    if (!batch) return undefined;
    const streams = service.on(connection);
    for (const spec of batch.specs) {
      const words = refuses(spec.slot);
      if (batch.method === 'unsubscribe') {
        if (!streams.delete(spec.slot)) service.violations.push(`not subscribed: ${spec.slot}`);
      } else if (words !== undefined) {
        subscriptions.refused(connection, 'subscribe', spec, words);
        continue;
      } else {
        if (streams.has(spec.slot)) service.violations.push(`already subscribed: ${spec.slot}`);
        streams.set(spec.slot, spec.variant);
      }
      subscriptions.acknowledged(connection, batch.method, spec);
    }
    return batch;
  };
  const exchangeAll = () => {
    for (const connection of endpoints.keys()) while (exchange(connection)) {}
  };
  return { subscriptions, service, log, exchange, exchangeAll };
}

function book(symbols: readonly string[], depth: 10 | 25 | 100 = 10): SubscribeRequest {
  return { channel: 'book', symbols, depth };
}

/** Slots by connection. */
function placed(subscriptions: KrakenSubscriptions): Record<string, string[]> {
  const by: Record<string, string[]> = {};
  for (const { spec, connection } of subscriptions.list()) {
    by[String(connection)] ??= [];
    by[String(connection)]?.push(`${spec.slot} ${spec.variant ?? ''}`.trim());
  }
  return by;
}

describe('placement', () => {
  test('a connection is only needed when those before it are full', () => {
    const { subscriptions, log } = setup();
    subscriptions.add(specsOf(book(['A', 'B', 'C', 'D'])));
    expect(log).toEqual(['needed 0']);
    subscriptions.add(specsOf(book(['E'])));
    expect(log).toEqual(['needed 0', 'needed 1']);
    expect(placed(subscriptions)).toEqual({
      0: ['book A 10', 'book B 10', 'book C 10', 'book D 10'],
      1: ['book E 10'],
    });
  });

  test('a second depth or interval of a symbol goes to another connection', () => {
    const { subscriptions } = setup();
    subscriptions.add(specsOf(book(['A'], 10)));
    subscriptions.add(specsOf(book(['A'], 25)));
    subscriptions.add(specsOf({ channel: 'ohlc', symbols: ['A'], interval: 1 }));
    subscriptions.add(specsOf({ channel: 'ohlc', symbols: ['A'], interval: 5 }));
    expect(placed(subscriptions)).toEqual({
      0: ['book A 10', 'ohlc A 1'],
      1: ['book A 25', 'ohlc A 5'],
    });
  });

  test('a variant too many is refused, and changes nothing', () => {
    const { subscriptions } = setup({ endpoints: ['public', 'public'] });
    subscriptions.add(specsOf(book(['A'], 10)));
    subscriptions.add(specsOf(book(['A'], 25)));
    expect(() => subscriptions.add(specsOf(book(['B', 'A'], 100)))).toThrow(ArgumentError);
    expect(() => subscriptions.add(specsOf(book(['B', 'A'], 100)))).toThrow(
      /book A is subscribed in another/,
    );
    expect(placed(subscriptions)).toEqual({ 0: ['book A 10'], 1: ['book A 25'] });
  });

  test('more than fits is refused, and changes nothing', () => {
    const { subscriptions, log } = setup({ endpoints: ['public'], limit: 3 });
    subscriptions.add(specsOf(book(['A', 'B'])));
    const more = () => subscriptions.add(specsOf(book(['C', 'D'])));
    expect(more).toThrow(CapacityError);
    expect(more).toThrow(expect.objectContaining({ requested: 4, capacity: 3 }));
    expect(subscriptions.countOf(0)).toBe(2);
    expect(log).toEqual(['needed 0']);
  });

  test('each channel goes to its endpoint, if there is one', () => {
    const { subscriptions } = setup({ endpoints: ['public', 'private', 'level3'] });
    subscriptions.add(specsOf({ channel: 'executions' }));
    subscriptions.add(specsOf({ channel: 'level3', symbols: ['A'] }));
    expect(placed(subscriptions)).toEqual({ 1: ['executions'], 2: ['level3 A 10'] });
    const { subscriptions: without } = setup();
    expect(() => without.add(specsOf({ channel: 'balances' }))).toThrow(
      'balances needs apiKey and apiSecret',
    );
  });

  test('a connection is given no more books than it has room for', () => {
    const { subscriptions } = setup({ endpoints: ['public', 'public'], books: 2 });
    subscriptions.add(specsOf(book(['A', 'B', 'C'])));
    expect(placed(subscriptions)).toEqual({ 0: ['book A 10', 'book B 10'], 1: ['book C 10'] });
    // A book that is not wanted any more keeps its place in memory.
    subscriptions.remove(subscriptions.find('book A'));
    subscriptions.add(specsOf(book(['D'])));
    expect(() => subscriptions.add(specsOf(book(['E'])))).toThrow(CapacityError);
    subscriptions.add(specsOf(book(['A'])));
    expect(placed(subscriptions)).toEqual({ 0: ['book B 10', 'book A 10'], 1: ['book C 10', 'book D 10'] });
  });

  test('nothing is taken when every connection was given up', () => {
    const { subscriptions } = setup({ endpoints: ['public'] });
    subscriptions.lose(0);
    expect(() => subscriptions.add(specsOf(book(['A'])))).toThrow(ConnectionError);
    subscriptions.regain(0);
    subscriptions.add(specsOf(book(['A'])));
  });

  test('what is wanted twice is one', () => {
    const { subscriptions } = setup();
    const first = subscriptions.add(specsOf(book(['A', 'B'])));
    expect(subscriptions.add(specsOf(book(['B', 'A'])))).toEqual([first[1], first[0]]);
    expect(subscriptions.countOf(0)).toBe(2);
  });
});

describe('requests', () => {
  test('are made of what has the same parameters, and no more symbols than may be', () => {
    const { subscriptions, exchange } = setup({ limit: 10 });
    subscriptions.add(specsOf(book(['A', 'B', 'C', 'D'])));
    subscriptions.add(specsOf({ channel: 'trade', symbols: ['A', 'B'] }));
    subscriptions.add(specsOf(book(['E'], 25)));
    const batches = [];
    for (let batch = exchange(0); batch; batch = exchange(0))
      batches.push(batch.specs.map(({ slot }) => slot).join(', '));
    expect(batches).toEqual(['book A, book B, book C', 'book D', 'trade A, trade B', 'book E']);
    expect(subscriptions.settled(0)).toBe(true);
  });

  test('wait while the pace has no room', () => {
    const { subscriptions } = setup();
    subscriptions.add(specsOf(book(['A'])));
    expect(subscriptions.next(0, () => 0)).toBeUndefined();
    expect(subscriptions.waiting(0)).toBe(true);
    expect(subscriptions.next(0, () => 1)?.specs).toHaveLength(1);
    expect(subscriptions.waiting(0)).toBe(false);
    expect(subscriptions.settled(0)).toBe(false);
  });

  test('to leave come first, and a slot is asked for again only when the service has let go of it', () => {
    const { subscriptions, service, exchange, exchangeAll } = setup({ endpoints: ['public'] });
    subscriptions.add(specsOf(book(['A'], 10)));
    exchangeAll();
    subscriptions.remove(subscriptions.find('book A'));
    subscriptions.add(specsOf(book(['A'], 25)));
    subscriptions.add(specsOf(book(['B'])));
    expect(exchange(0)).toMatchObject({ method: 'unsubscribe' });
    exchangeAll();
    expect(service.on(0)).toEqual(
      new Map([
        ['book A', 25],
        ['book B', 10],
      ]),
    );
    expect(service.violations).toEqual([]);
  });

  test('are spared for what was not wanted for a moment only', () => {
    const { subscriptions, log, exchange, exchangeAll } = setup();
    subscriptions.add(specsOf(book(['A'])));
    exchangeAll();
    subscriptions.remove(subscriptions.find('book A'));
    const [stream] = subscriptions.add(specsOf(book(['A'])));
    expect(subscriptions.statusOf(stream!)).toBe('live');
    expect(log.at(-1)).toBe('kept 0 book A');
    expect(exchange(0)).toBeUndefined();
  });

  test('to resync leave and subscribe again', () => {
    const { subscriptions, exchange, exchangeAll } = setup();
    const [stream] = subscriptions.add(specsOf(book(['A'])));
    exchangeAll();
    subscriptions.resync(stream!);
    expect(subscriptions.statusOf(stream!)).toBe('resyncing');
    expect(exchange(0)).toMatchObject({ method: 'unsubscribe' });
    expect(subscriptions.statusOf(stream!)).toBe('resyncing');
    expect(exchange(0)).toMatchObject({ method: 'subscribe' });
    expect(subscriptions.statusOf(stream!)).toBe('live');
  });
});

describe('a refusal', () => {
  test('of what never streamed ends it', () => {
    const { subscriptions, log, exchange } = setup();
    subscriptions.add(specsOf(book(['A', 'B'])));
    exchange(0, (slot) => (slot === 'book A' ? 'no such pair' : undefined));
    expect(log).toContain('refused book A 10: no such pair');
    expect(log).toContain('live book B 10');
    expect(placed(subscriptions)).toEqual({ 0: ['book B 10'] });
    expect(exchange(0)).toBeUndefined();
  });

  test('of what had streamed keeps it for the next connect', () => {
    const { subscriptions, exchange, exchangeAll } = setup();
    const [stream] = subscriptions.add(specsOf(book(['A'])));
    exchangeAll();
    subscriptions.opened(0);
    exchange(0, () => 'delisted');
    expect(subscriptions.statusOf(stream!)).toBe('refused');
    expect([...subscriptions.list()]).toMatchObject([{ status: 'refused', refusal: 'delisted' }]);
    expect(exchange(0)).toBeUndefined();
    subscriptions.opened(0);
    exchangeAll();
    expect(subscriptions.statusOf(stream!)).toBe('live');
  });

  test('is overcome by asking again', () => {
    const { subscriptions, exchange, exchangeAll } = setup();
    const [stream] = subscriptions.add(specsOf(book(['A'])));
    exchangeAll();
    subscriptions.opened(0);
    exchange(0, () => 'not now');
    subscriptions.add(specsOf(book(['A'])));
    exchangeAll();
    expect(subscriptions.statusOf(stream!)).toBe('live');
  });
});

describe('no answer', () => {
  test('is asked for again, and in the end taken for a refusal', () => {
    const { subscriptions, log } = setup();
    subscriptions.add(specsOf(book(['A'])));
    for (let attempt = 1; attempt <= 3; attempt++) {
      const batch = subscriptions.next(0, () => 1);
      expect(batch).toBeDefined();
      subscriptions.again(0, 'subscribe', batch!.spec, 3, 'no answer');
    }
    expect(log).toContain('refused book A 10: no answer');
    expect(subscriptions.next(0, () => 1)).toBeUndefined();
  });

  test('to what is wanted no longer ends it, and is not asked for again', () => {
    const { subscriptions, log } = setup();
    subscriptions.add(specsOf(book(['A'])));
    const batch = subscriptions.next(0, () => 1)!;
    subscriptions.remove(subscriptions.find('book A'));
    subscriptions.again(0, 'subscribe', batch.spec, 3, 'no answer');
    expect(log).toContain('gone 0 book A');
    expect(subscriptions.next(0, () => 1)).toBeUndefined();
  });

  test('to leaving is in the end taken for done', () => {
    const { subscriptions, log, exchangeAll } = setup();
    subscriptions.add(specsOf(book(['A'])));
    exchangeAll();
    subscriptions.remove(subscriptions.find('book A'));
    for (let attempt = 1; attempt <= 2; attempt++) {
      const batch = subscriptions.next(0, () => 1);
      subscriptions.again(0, 'unsubscribe', batch!.spec, 2, 'no answer');
    }
    expect(log).toContain('gone 0 book A');
    expect(subscriptions.settled(0)).toBe(true);
  });

  test('that comes late is still true: what is not wanted any more is left', () => {
    const { subscriptions } = setup();
    subscriptions.add(specsOf(book(['A'])));
    const batch = subscriptions.next(0, () => 1)!;
    subscriptions.again(0, 'subscribe', batch.spec, 1, 'no answer');
    subscriptions.acknowledged(0, 'subscribe', batch.spec);
    expect(subscriptions.next(0, () => 1)).toMatchObject({ method: 'unsubscribe' });
  });
});

describe('a connection that is given up', () => {
  test('leaves its streams to others, and those that find no room wait for some', () => {
    const { subscriptions, service, exchangeAll } = setup({ endpoints: ['public', 'public'], limit: 2 });
    subscriptions.add(specsOf(book(['A', 'B', 'C'])));
    exchangeAll();
    expect(subscriptions.lose(0).map(({ spec }) => spec.slot)).toEqual(['book B']);
    service.on(0).clear();
    expect(placed(subscriptions)).toEqual({ 1: ['book A 10', 'book C 10'], undefined: ['book B 10'] });
    subscriptions.remove(subscriptions.find('book C'));
    exchangeAll();
    expect([...service.on(1).keys()]).toEqual(['book A', 'book B']);
    subscriptions.regain(0);
    expect(service.violations).toEqual([]);
  });
});

test('whatever happens, the service comes to stream exactly what is wanted, and is never asked for the same twice', () => {
  const symbol = fc.constantFrom('A', 'B', 'C');
  const depth = fc.constantFrom(10, 25, 100) as fc.Arbitrary<10 | 25 | 100>;
  const action = fc.oneof(
    fc.record({ kind: fc.constant('add'), symbol, depth }),
    fc.record({ kind: fc.constant('remove'), symbol, depth }),
    fc.record({ kind: fc.constant('resync'), symbol, depth }),
    fc.record({ kind: fc.constant('opened'), connection: fc.nat(2) }),
    fc.record({ kind: fc.constant('lost'), connection: fc.nat(2) }),
    fc.record({ kind: fc.constant('exchange'), connection: fc.nat(2) }),
  );
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
      const { subscriptions, service, exchange, exchangeAll } = setup({ limit: 3 });
      for (const step of actions) {
        if ('depth' in step) {
          const spec = specsOf(book([step.symbol], step.depth));
          try {
            if (step.kind === 'add') subscriptions.add(spec);
            else if (step.kind === 'remove')
              subscriptions.remove(subscriptions.find(spec[0]!.slot, step.depth));
            else
              for (const stream of subscriptions.find(spec[0]!.slot, step.depth))
                subscriptions.resync(stream);
          } catch (error) {
            const kinds = [ArgumentError, CapacityError, ConnectionError];
            expect(kinds.some((kind) => error instanceof kind)).toBe(true);
          }
        } else if (step.kind === 'opened') {
          service.on(step.connection).clear();
          subscriptions.opened(step.connection);
        } else if (step.kind === 'lost') {
          service.on(step.connection).clear();
          subscriptions.lose(step.connection);
        } else exchange(step.connection);
      }
      for (const connection of [0, 1, 2]) subscriptions.regain(connection);
      exchangeAll();
      expect(service.violations).toEqual([]);
      const wanted = new Map<number, Map<string, number | string | undefined>>();
      for (const { spec, connection, status } of subscriptions.list()) {
        if (connection === undefined) continue;
        expect(status).toBe('live');
        if (!wanted.has(connection)) wanted.set(connection, new Map());
        wanted.get(connection)!.set(spec.slot, spec.variant);
      }
      for (const connection of [0, 1, 2]) {
        expect(subscriptions.settled(connection)).toBe(true);
        expect(service.on(connection)).toEqual(wanted.get(connection) ?? new Map());
      }
    }),
    { numRuns: 500 },
  );
});

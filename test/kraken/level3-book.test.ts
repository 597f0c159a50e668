import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixture, hasFixtures } from '../sim/kraken/fixtures.ts';
import { record, symbolTable, viewAs } from '../support/kraken-records.ts';
import { Level3Book, krakenLayout as layout } from '../support/views-internals.ts';

const SYMBOL = 'BTC/USD';
const symbols = symbolTable(SYMBOL, 'ETH/USD');

/** One order of a message: event, side, id, price and quantity. */
type Change = readonly [
  event: 'snapshot' | 'add' | 'modify' | 'delete',
  side: 'bid' | 'ask',
  id: string,
  price: string,
  quantity: string,
];

interface Message {
  snapshot?: boolean;
  checksum?: number;
  epoch?: number;
  symbol?: number;
  /** Decimals of the instrument, once they are known. */
  precision?: readonly [price: number, quantity: number];
  timestamp?: bigint;
}

const EVENTS = ['snapshot', 'add', 'modify', 'delete'];

/** Gives books their messages as a reader would: record by record, each with the next number. */
class Stream {
  #number = 0;
  #frame = 0;

  /** The views of a message's records. */
  *records(changes: readonly Change[], message: Message = {}) {
    const all: readonly (Change | undefined)[] = changes.length === 0 ? [undefined] : changes;
    this.#frame += 1;
    for (const [index, change] of all.entries()) {
      const [event = 'snapshot', side, id = '', price, quantity] = change ?? [];
      const written = record({
        kind: layout.KRAKEN_ORDER,
        number: this.#number++,
        frame: this.#frame,
        index,
        epoch: message.epoch ?? 1,
        symbol: message.symbol ?? 0,
        timestamp: message.timestamp ?? 0n,
        flags:
          (message.snapshot ? layout.KRAKEN_FLAG_SNAPSHOT : 0) |
          (index < all.length - 1 ? layout.KRAKEN_FLAG_CONTINUED : 0),
      });
      written
        .decimal(layout.ORDER_PRICE, layout.ORDER_PRICE_SCALE, price)
        .decimal(layout.ORDER_QUANTITY, layout.ORDER_QUANTITY_SCALE, quantity)
        .uint8(layout.ORDER_SIDE, side === 'bid' ? layout.SIDE_BUY : side ? layout.SIDE_SELL : 0)
        .uint8(layout.ORDER_EVENT, EVENTS.indexOf(event))
        .uint32(layout.ORDER_CHECKSUM, message.checksum ?? 0)
        .uint8(layout.ORDER_ID_LENGTH, id.length)
        .text(layout.ORDER_ID, id)
        .uint8(layout.ORDER_PRICE_PRECISION, message.precision?.[0] ?? 0xff)
        .uint8(layout.ORDER_QUANTITY_PRECISION, message.precision?.[1] ?? 0xff);
      yield viewAs('order', written, symbols);
    }
  }

  /** Applies a message; answers whether its last record completed it. */
  send(book: Level3Book, changes: readonly Change[], message: Message = {}): boolean {
    let completed = false;
    for (const order of this.records(changes, message)) completed = book.apply(order);
    return completed;
  }
}

const digits = (token: string) => token.replace('.', '').replace(/^0+/, '') || '0';
/** As the documentation words it, of orders in the order in which the checksum wants them. */
const checksumOf = (orders: readonly (readonly [price: string, quantity: string])[]) =>
  crc32(orders.map(([price, quantity]) => digits(price) + digits(quantity)).join(''));

const SNAPSHOT: Change[] = [
  ['snapshot', 'bid', 'b1', '99.5', '1.00'],
  ['snapshot', 'bid', 'b2', '99.5', '0.25'],
  ['snapshot', 'bid', 'b3', '98.0', '4.00'],
  ['snapshot', 'ask', 'a1', '100.0', '0.50'],
  ['snapshot', 'ask', 'a2', '100.1', '2.00'],
];
const CHECKSUM = checksumOf([
  ...([
    ['100.0', '0.50'],
    ['100.1', '2.00'],
  ] as const),
  ...([
    ['99.5', '1.00'],
    ['99.5', '0.25'],
    ['98.0', '4.00'],
  ] as const),
]);

function started(options = {}) {
  const stream = new Stream();
  const book = new Level3Book(SYMBOL, options);
  const completed = stream.send(book, SNAPSHOT, {
    snapshot: true,
    checksum: CHECKSUM,
    timestamp: 1_500_000n,
  });
  return { stream, book, completed };
}

const idsOf = (levels: Level3Book['bids']) =>
  levels.map(({ orders }) => orders.map(({ orderId }) => orderId));

describe('a level 3 book', () => {
  it('holds orders by price and in queue order, and proves it by the checksum', () => {
    const { book, completed } = started();
    expect(completed).toBe(true);
    expect(book).toMatchObject({
      state: 'live',
      trusted: true,
      check: 'matched',
      checksum: CHECKSUM,
      size: 5,
    });
    expect(book).toMatchObject({ computedChecksum: CHECKSUM, goodUntilNs: 1_500_000n, goodUntil: 1.5 });
    expect(idsOf(book.bids)).toEqual([['b1', 'b2'], ['b3']]);
    expect(idsOf(book.asks)).toEqual([['a1'], ['a2']]);
    expect(book.bids[0]).toMatchObject({
      price: 99.5,
      priceText: '99.5',
      quantity: 1.25,
      quantityText: '1.25',
    });
    expect(book.order('b2')).toMatchObject({
      side: 'bid',
      price: 99.5,
      quantity: 0.25,
      quantityText: '0.25',
    });
  });

  it('knows where an order stands in its queue', () => {
    const { book } = started();
    expect(book.position('b2')).toEqual({
      side: 'bid',
      level: 0,
      ordersAhead: 1,
      quantityAhead: 1,
      quantityAheadText: '1.00',
    });
    expect(book.position('b3')).toMatchObject({ level: 1, ordersAhead: 0, quantityAhead: 0 });
    expect(book.position('x')).toBeUndefined();
  });

  it('adds to the end of the queue, keeps the place of what is modified, and drops levels without orders', () => {
    const { stream, book } = started();
    const changes: Change[] = [
      ['add', 'bid', 'b4', '99.5', '3.00'],
      ['modify', 'bid', 'b1', '99.5', '0.75'],
      ['delete', 'bid', 'b3', '98.0', '0.00'],
      ['modify', 'ask', 'a2', '100.0', '1.00'],
    ];
    const checksum = checksumOf([
      ...([
        ['100.0', '0.50'],
        ['100.0', '1.00'],
      ] as const),
      ...([
        ['99.5', '0.75'],
        ['99.5', '0.25'],
        ['99.5', '3.00'],
      ] as const),
    ]);
    stream.send(book, changes, { checksum });
    expect(book.check).toBe('matched');
    expect(idsOf(book.bids)).toEqual([['b1', 'b2', 'b4']]);
    expect(idsOf(book.asks)).toEqual([['a1', 'a2']]);
    expect(book.position('b4')).toMatchObject({ ordersAhead: 2, quantityAheadText: '1.00' });
  });

  it('notices a queue in another order', () => {
    const { stream, book } = started();
    const swapped = checksumOf([
      ...([
        ['100.0', '0.50'],
        ['100.1', '2.00'],
      ] as const),
      ...([
        ['99.5', '0.25'],
        ['99.5', '1.00'],
        ['98.0', '4.00'],
      ] as const),
    ]);
    stream.send(book, [], { checksum: swapped });
    expect(book).toMatchObject({ check: 'failed', state: 'resyncing', trusted: false, mismatches: 1 });
  });

  it('keeps as many levels as are subscribed to', () => {
    const { stream, book } = started({ depth: 2 });
    const checksum = checksumOf([
      ...([
        ['100.0', '0.50'],
        ['100.1', '2.00'],
      ] as const),
      ...([
        ['99.7', '1.00'],
        ['99.5', '1.00'],
        ['99.5', '0.25'],
      ] as const),
    ]);
    stream.send(book, [['add', 'bid', 'b5', '99.7', '1.00']], { checksum });
    expect(book).toMatchObject({ check: 'matched', size: 5 });
    expect([book.bids.length, book.order('b3')]).toEqual([2, undefined]);
  });

  it('reckons with the decimals of the instrument, and those that it has seen', () => {
    const stream = new Stream();
    const book = new Level3Book(SYMBOL);
    const changes: Change[] = [
      ['snapshot', 'bid', 'b', '99', '1'],
      ['snapshot', 'ask', 'a', '100.5', '0.5'],
    ];
    const send = (message: Message, sent = changes) =>
      stream.send(book, sent, { snapshot: true, ...message });
    send({
      checksum: checksumOf([
        ['100.5', '0.5'],
        ['99.0', '1.0'],
      ]),
    });
    expect(book.check).toBe('matched');
    send({
      checksum: checksumOf([
        ['100.50', '0.500'],
        ['99.00', '1.000'],
      ]),
      precision: [2, 3],
    });
    expect(book).toMatchObject({ check: 'matched', state: 'live' });
    // A price with more decimals comes later.
    const more: Change[] = [['add', 'bid', 'c', '99.125', '1']];
    const checksum = checksumOf([
      ['100.500', '0.500'],
      ['99.125', '1.000'],
      ['99.000', '1.000'],
    ]);
    stream.send(book, more, { checksum, precision: [2, 3] });
    expect(book.check).toBe('matched');
    expect(idsOf(book.bids)).toEqual([['c'], ['b']]);
    expect(book.bids.map(({ priceText }) => priceText)).toEqual(['99.125', '99.000']);
  });

  it('ignores updates after a mismatch, until a snapshot mends it', () => {
    const { stream, book } = started();
    stream.send(book, [['add', 'bid', 'b4', '99.5', '3.00']], { checksum: 1 });
    expect(book).toMatchObject({ state: 'resyncing', goodUntilNs: 1_500_000n });
    expect(stream.send(book, [['delete', 'bid', 'b1', '99.5', '0.00']], { checksum: 2 })).toBe(false);
    expect(book).toMatchObject({ state: 'resyncing', ignored: 1 });
    stream.send(book, SNAPSHOT, { snapshot: true, checksum: CHECKSUM });
    expect(book).toMatchObject({ state: 'live', trusted: true, size: 5 });
  });

  it('goes on after a mismatch if it is told to, untrusted until a check matches', () => {
    const { stream, book } = started({ onMismatch: 'ignore' });
    stream.send(book, [['add', 'bid', 'b4', '99.5', '3.00']], { checksum: 1 });
    expect(book).toMatchObject({ state: 'live', trusted: false, check: 'failed' });
    stream.send(book, [['delete', 'bid', 'b4', '99.5', '0.00']], { checksum: CHECKSUM });
    expect(book).toMatchObject({ state: 'live', trusted: true });
  });

  it('is not trusted in the middle of a message', () => {
    const { stream, book } = started();
    const [first] = stream.records([
      ['add', 'bid', 'b4', '99.5', '3.00'],
      ['delete', 'bid', 'b4', '99.5', '3.00'],
    ]);
    expect(book.apply(first!)).toBe(false);
    expect(book).toMatchObject({ state: 'live', trusted: false });
  });

  it.each([0, 1, 2, 3, 4])('notices that record %i of a snapshot did not come', (lost) => {
    const stream = new Stream();
    const book = new Level3Book(SYMBOL);
    const message = { snapshot: true, checksum: CHECKSUM };
    for (const [i, order] of [...stream.records(SNAPSHOT, message)].entries()) {
      if (i !== lost) book.apply(order);
    }
    // The end of a message that lost its last record shows with the next one.
    stream.send(book, [], { checksum: CHECKSUM });
    expect(book.trusted).toBe(false);
    stream.send(book, SNAPSHOT, message);
    expect(book.trusted).toBe(true);
  });

  it('waits for a snapshot after it was told that records were missed', () => {
    const { stream, book } = started();
    book.invalidate();
    expect(book.state).toBe('resyncing');
    stream.send(book, [['add', 'bid', 'b4', '99.5', '3.00']]);
    expect(book).toMatchObject({ state: 'resyncing', size: 5 });
  });

  it('begins anew with a connection that was opened again', () => {
    const { stream, book } = started();
    stream.send(book, [['add', 'bid', 'b4', '99.5', '3.00']], { epoch: 2 });
    expect(book).toMatchObject({ state: 'empty', size: 0, trusted: false });
    stream.send(book, SNAPSHOT, { epoch: 2, snapshot: true, checksum: CHECKSUM });
    expect(book.trusted).toBe(true);
  });

  it('takes an empty snapshot for an empty book', () => {
    const { stream, book } = started();
    stream.send(book, [], { snapshot: true, checksum: 0 });
    expect(book).toMatchObject({ state: 'live', size: 0, check: 'matched' });
  });

  it('leaves other symbols alone, also between its own messages', () => {
    const { stream, book } = started();
    expect(stream.send(book, SNAPSHOT, { symbol: 1, snapshot: true })).toBe(false);
    stream.send(book, [['delete', 'ask', 'a1', '100.0', '0.00']], {
      checksum: checksumOf([
        ...([
          ['100.1', '2.00'],
          ['99.5', '1.00'],
        ] as const),
        ...([
          ['99.5', '0.25'],
          ['98.0', '4.00'],
        ] as const),
      ]),
    });
    expect(book).toMatchObject({ check: 'matched', size: 4, ignored: 0 });
  });

  it('counts changes of orders that it does not hold', () => {
    const { stream, book } = started();
    const changes: Change[] = [
      ['delete', 'bid', 'x', '1.0', '0.00'],
      ['modify', 'bid', 'y', '1.0', '1.00'],
    ];
    stream.send(book, changes, { checksum: CHECKSUM });
    expect(book).toMatchObject({ unknownOrders: 2, check: 'matched', size: 5 });
  });

  it('is not to be trusted after an order whose price is not exact', () => {
    const { stream, book } = started();
    const [order] = stream.records([['add', 'bid', 'b4', undefined as unknown as string, '3.00']]);
    expect(book.apply(order!)).toBe(false);
    expect(book).toMatchObject({ state: 'resyncing', trusted: false });
  });

  it('is a list sorted by price and time, whatever happens', () => {
    const ids = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
    const change = fc.tuple(
      fc.constantFrom('add' as const, 'modify' as const, 'delete' as const),
      fc.constantFrom('bid' as const, 'ask' as const),
      ids,
      fc.integer({ min: 1, max: 6 }).map((price) => `${price}.5`),
      fc.integer({ min: 1, max: 9 }).map((quantity) => `0.${quantity}`),
    );
    fc.assert(
      fc.property(fc.array(fc.array(change, { maxLength: 6 }), { maxLength: 20 }), (messages) => {
        const stream = new Stream();
        const book = new Level3Book(SYMBOL, { depth: 3, onMismatch: 'ignore' });
        stream.send(book, [], { snapshot: true });
        let model: Change[] = [];
        for (const message of messages) {
          for (const one of message) {
            const [event, side, id, price] = one;
            const at = model.findIndex(([, , other]) => other === id);
            const known = model[at];
            if (event === 'modify' && !known) continue;
            if (event === 'modify' && known?.[1] === side && known[3] === price) model[at] = one;
            else {
              if (known) model.splice(at, 1);
              if (event !== 'delete') model.push(one);
            }
          }
          const sides = { bid: levelsOf(model, 'bid', 3), ask: levelsOf(model, 'ask', 3) };
          model = model.filter((one) => sides[one[1]].flat().includes(one));
          const all = [...sides.ask.flat(), ...sides.bid.flat()];
          const checksum = checksumOf(all.map(([, , , price, quantity]) => [price, quantity]));
          stream.send(book, message, { checksum });
          expect(book.check).toBe('matched');
          expect(idsOf(book.bids)).toEqual(sides.bid.map((level) => level.map(([, , id]) => id)));
          expect(idsOf(book.asks)).toEqual(sides.ask.map((level) => level.map(([, , id]) => id)));
          expect(book.size).toBe(model.length);
        }
      }),
    );
  });

  it.each([
    ['depth 0', SYMBOL, { depth: 0 }],
    ['depth −1', SYMBOL, { depth: -1 }],
    ['depth 1.5', SYMBOL, { depth: 1.5 }],
    ['another policy', SYMBOL, { onMismatch: 'buffer' }],
    ['no symbol', undefined, {}],
  ])('of %s is refused', (_, symbol, options) => {
    expect(() => new Level3Book(symbol as string, options as never)).toThrow(
      expect.objectContaining({ code: 'ERR_TICKRING_ARGUMENT' }),
    );
  });
});

/** Orders in the order in which they came, by price, best first. */
function levelsOf(orders: readonly Change[], side: 'bid' | 'ask', depth: number): Change[][] {
  const prices = new Set(orders.filter((order) => order[1] === side).map(([, , , price]) => Number(price)));
  const sorted = [...prices].sort((a, b) => (side === 'ask' ? a - b : b - a)).slice(0, depth);
  return sorted.map((price) => orders.filter((order) => order[1] === side && Number(order[3]) === price));
}

interface Row {
  readonly event?: Change[0];
  readonly order_id: string;
  readonly limit_price: string;
  readonly order_qty: string;
}

describe.skipIf(!hasFixtures)("Kraken's documented level 3 session", () => {
  it('matches every checksum', () => {
    const stream = new Stream();
    const book = new Level3Book(SYMBOL);
    const checks: unknown[] = [];
    for (const frame of fixture('level3-docs-plus-synthetic-updates.jsonl')) {
      // Numbers as they are written.
      const message = JSON.parse(frame.replace(/"(limit_price|order_qty)":([\d.]+)/g, '"$1":"$2"'));
      const [{ bids, asks, checksum }] = message.data;
      const change =
        (side: 'bid' | 'ask') =>
        ({ event = 'snapshot', order_id, limit_price, order_qty }: Row): Change => [
          ...([event, side, order_id, limit_price, order_qty] as const),
        ];
      const changes = [...bids.map(change('bid')), ...asks.map(change('ask'))];
      stream.send(book, changes, { snapshot: message.type === 'snapshot', checksum, precision: [1, 8] });
      checks.push([book.check, book.computedChecksum]);
    }
    expect(checks).toEqual([1063832831, 4214623937, 1052444130, 800786314].map((sum) => ['matched', sum]));
  });
});

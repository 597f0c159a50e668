import { type ExecutionReport, type ExecutionsMessage, OrderTracker } from 'tickring/kraken';
import { describe, expect, test } from 'vitest';
import { Sequences } from '../support/kraken-internals.ts';

describe('numbers of a private channel', () => {
  test('that follow each other are right, from the snapshot on', () => {
    const sequences = new Sequences();
    for (const [nth, number] of [1, 2, 3].entries())
      expect(sequences.check('executions', nth === 0, number)).toBeUndefined();
  });

  test('count by channel', () => {
    const sequences = new Sequences();
    expect(sequences.check('executions', true, 1)).toBeUndefined();
    expect(sequences.check('balances', true, 1)).toBeUndefined();
    expect(sequences.check('balances', false, 2)).toBeUndefined();
    expect(sequences.check('executions', false, 2)).toBeUndefined();
  });

  test.each([
    ['left out', 4],
    ['repeated', 2],
    ['going backwards', 1],
  ])('with one that is %s are a gap, told once, until the channel starts anew', (_, received) => {
    const sequences = new Sequences();
    sequences.check('executions', true, 1);
    sequences.check('executions', false, 2);
    expect(sequences.check('executions', false, received)).toEqual({ expected: 3, received });
    expect(sequences.check('executions', false, received + 7)).toBeUndefined();
    sequences.restart('executions');
    expect(sequences.check('executions', true, 1)).toBeUndefined();
    expect(sequences.check('executions', false, 3)).toEqual({ expected: 2, received: 3 });
  });

  test('may start anywhere without a snapshot, and may be missing', () => {
    const sequences = new Sequences();
    expect(sequences.check('balances', false, 17)).toBeUndefined();
    expect(sequences.check('balances', false, undefined)).toBeUndefined();
    expect(sequences.check('balances', false, 18)).toBeUndefined();
  });
});

describe('an order tracker', () => {
  function message(snapshot: boolean, sequence: number, reports: ExecutionReport[]): ExecutionsMessage {
    return { snapshot, sequence, reports, receivedAt: 0, connection: 4, text: '' };
  }

  test('merges sparse reports, and forgets an order that has come to its end', () => {
    const tracker = new OrderTracker();
    tracker.apply(message(true, 1, []));
    tracker.apply(
      message(false, 2, [
        {
          order_id: 'A',
          symbol: 'BTC/USD',
          side: 'buy',
          order_qty: 2,
          exec_type: 'pending_new',
          order_status: 'pending_new',
        },
      ]),
    );
    tracker.apply(message(false, 3, [{ order_id: 'A', exec_type: 'new', order_status: 'new' }]));
    expect(tracker.open.get('A')).toMatchObject({ symbol: 'BTC/USD', order_qty: 2, order_status: 'new' });
    const fill: ExecutionReport = {
      order_id: 'A',
      exec_type: 'trade',
      order_status: 'partially_filled',
      last_qty: 1,
      cum_qty: 1,
    };
    expect(tracker.apply(message(false, 4, [fill])).changed).toEqual([
      expect.objectContaining({
        symbol: 'BTC/USD',
        side: 'buy',
        cum_qty: 1,
        order_status: 'partially_filled',
      }),
    ]);
    const end = tracker.apply(
      message(false, 5, [{ order_id: 'A', exec_type: 'filled', order_status: 'filled' }]),
    );
    expect(end.changed).toEqual([expect.objectContaining({ order_status: 'filled', symbol: 'BTC/USD' })]);
    expect(tracker.open.size).toBe(0);
  });

  test('learns from a new snapshot which orders ended while nobody listened', () => {
    const tracker = new OrderTracker();
    const open = (order_id: string): ExecutionReport => ({ order_id, order_status: 'new', symbol: 'X/Y' });
    tracker.apply(message(true, 1, [open('A'), open('B')]));
    const { gone, changed } = tracker.apply(message(true, 1, [open('B'), open('C')]));
    expect(gone.map(({ order_id }) => order_id)).toEqual(['A']);
    expect(changed.map(({ order_id }) => order_id)).toEqual(['B', 'C']);
    expect([...tracker.open.keys()]).toEqual(['B', 'C']);
  });
});

import fc from 'fast-check';
import { ArgumentError, CapacityError } from 'tickring';
import { describe, expect, test } from 'vitest';
import { Subscriptions } from '../support/feed-internals.ts';

type Mode = 'low' | 'high';

interface Setup {
  accounts?: readonly string[];
  connections?: number;
  limit?: number;
  distribution?: 'least-loaded' | 'round-robin';
  /** Connections that are used from the start. */
  used?: readonly number[];
}

function setup({ accounts = ['a'], connections = 3, limit = 4, distribution, used = [] }: Setup = {}) {
  const needed: number[] = [];
  const changed = new Set<number>();
  const subscriptions = new Subscriptions<Mode>({
    places: accounts.flatMap((account, nth) =>
      Array.from({ length: connections }, (_, index) => ({ connection: nth * connections + index, account })),
    ),
    limit,
    distribution: distribution ?? 'least-loaded',
    initialMode: 'low',
    onNeeded: (connection) => needed.push(connection),
    onChanged: (connection) => changed.add(connection),
  });
  for (const connection of used) subscriptions.use(connection);
  return { subscriptions, needed, changed };
}

function range(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => from + index);
}

/** Instruments of each connection, by its number. */
function placed(subscriptions: Subscriptions<Mode>): Record<string, number[]> {
  const by: Record<string, number[]> = {};
  for (const { instrument, connection } of subscriptions.list()) {
    by[String(connection)] ??= [];
    by[String(connection)]?.push(instrument);
  }
  return by;
}

describe('placement', () => {
  test('a connection is only needed when those before it are full', () => {
    const { subscriptions, needed } = setup();
    subscriptions.add(range(1, 4), 'low');
    expect(needed).toEqual([0]);
    subscriptions.add([5], 'low');
    expect(needed).toEqual([0, 1]);
    expect(placed(subscriptions)).toEqual({ 0: [1, 2, 3, 4], 1: [5] });
  });

  test('least-loaded fills up the connection that has the fewest', () => {
    const { subscriptions } = setup({ used: [0, 1, 2], limit: 10 });
    subscriptions.add(range(1, 6), 'low');
    subscriptions.remove([2, 5]);
    subscriptions.add([10, 11, 12], 'low');
    expect(placed(subscriptions)).toEqual({ 0: [1, 4, 12], 1: [10, 11], 2: [3, 6] });
  });

  test('round-robin goes round, whatever the load', () => {
    const { subscriptions } = setup({ used: [0, 1, 2], limit: 10, distribution: 'round-robin' });
    subscriptions.add(range(1, 4), 'low');
    subscriptions.remove([2]);
    subscriptions.add([10, 11, 12], 'low');
    expect(placed(subscriptions)).toEqual({ 0: [1, 4, 12], 1: [10], 2: [3, 11] });
  });

  test('an instrument that names an account goes there', () => {
    const { subscriptions, needed } = setup({ accounts: ['a', 'b'], connections: 2 });
    subscriptions.add([1, 2], 'low', 'b');
    expect(needed).toEqual([2]);
    expect(placed(subscriptions)).toEqual({ 2: [1, 2] });
  });

  test('an instrument that is wanted already stays where it is and changes its mode', () => {
    const { subscriptions } = setup({ accounts: ['a', 'b'] });
    subscriptions.add([1], 'low', 'a');
    subscriptions.add([1, 1], 'high', 'b');
    expect([...subscriptions.list()]).toMatchObject([{ instrument: 1, mode: 'high', account: 'a' }]);
  });

  test('an account that there is not is refused with those that there are', () => {
    const { subscriptions } = setup({ accounts: ['a', 'b'] });
    expect(() => subscriptions.add([1], 'low', 'z')).toThrow(ArgumentError);
    expect(() => subscriptions.add([1], 'low', 'z')).toThrow("no account 'z'; this feed has: a, b");
  });

  test('what does not fit is refused with both numbers, and nothing changes', () => {
    const { subscriptions } = setup({ accounts: ['a', 'b'], connections: 2 });
    subscriptions.add(range(1, 5), 'low');
    const refused = (count: number, account?: string) => {
      try {
        subscriptions.add(range(100, count), 'low', account);
      } catch (error) {
        return error;
      }
      return undefined;
    };
    expect(refused(12)).toBeInstanceOf(CapacityError);
    expect(refused(12)).toMatchObject({ code: 'ERR_TICKRING_CAPACITY', requested: 17, capacity: 16 });
    expect(refused(4, 'a')).toMatchObject({ requested: 9, capacity: 8 });
    expect(subscriptions.size).toBe(5);
    expect(refused(11)).toBeUndefined();
    expect(subscriptions.size).toBe(16);
  });
});

describe('what a connection has to be told', () => {
  test('each change once, in few messages', () => {
    const { subscriptions, changed } = setup();
    subscriptions.add([1, 2], 'low');
    subscriptions.add([3], 'high');
    expect([...changed]).toEqual([0]);
    expect(subscriptions.changes(0)).toEqual({
      unsubscribe: [],
      subscribe: [1, 2, 3],
      modes: new Map([['high', [3]]]),
    });
    const nothing = { unsubscribe: [], subscribe: [], modes: new Map() };
    expect(subscriptions.changes(0)).toEqual(nothing);
    subscriptions.remove([1, 7]);
    expect(subscriptions.setMode([2, 3, 9], 'high')).toEqual([9]);
    expect(subscriptions.changes(0)).toEqual({
      unsubscribe: [1],
      subscribe: [],
      modes: new Map([['high', [2]]]),
    });
  });

  test('what was taken back before it was told is not told', () => {
    const { subscriptions } = setup();
    subscriptions.add([1, 2], 'low');
    subscriptions.changes(0);
    subscriptions.remove([1]);
    subscriptions.add([1], 'low');
    subscriptions.setMode([2], 'high');
    subscriptions.setMode([2], 'low');
    expect(subscriptions.changes(0)).toEqual({ unsubscribe: [], subscribe: [], modes: new Map() });
  });

  test('everything again after it was opened anew, with its mode where that is not the initial one', () => {
    const { subscriptions } = setup();
    subscriptions.add([1], 'low');
    subscriptions.add([2], 'high');
    subscriptions.changes(0);
    subscriptions.setMode([1], 'high');
    subscriptions.setMode([2], 'low');
    subscriptions.opened(0);
    expect([...subscriptions.list()].map(({ asked }) => asked)).toEqual([false, false]);
    expect(subscriptions.changes(0)).toEqual({
      unsubscribe: [],
      subscribe: [1, 2],
      modes: new Map([['high', [1]]]),
    });
    expect([...subscriptions.list()].map(({ asked }) => asked)).toEqual([true, true]);
  });
});

describe('a connection that is lost', () => {
  test('gives its instruments to others with room, and names those that find none', () => {
    const { subscriptions, needed } = setup({ used: [0, 1], connections: 2 });
    subscriptions.add(range(1, 6), 'high');
    expect(subscriptions.lose(0)).toEqual([3, 5]);
    expect(placed(subscriptions)).toEqual({ 1: [1, 2, 4, 6], undefined: [3, 5] });
    expect(subscriptions.capacity).toBe(4);
    expect(needed).toEqual([0, 1]);
  });

  test('has its instruments opened elsewhere, where there was no connection so far', () => {
    const { subscriptions, needed } = setup();
    subscriptions.add([1, 2], 'low');
    expect(subscriptions.lose(0)).toEqual([]);
    expect(needed).toEqual([0, 1]);
    expect(placed(subscriptions)).toEqual({ 1: [1, 2] });
  });

  test('places the homeless as soon as there is room, or when it is back', () => {
    const { subscriptions } = setup({ used: [0, 1], connections: 2 });
    subscriptions.add(range(1, 7), 'low');
    expect(subscriptions.lose(1)).toEqual([2, 4, 6]);
    subscriptions.remove([1]);
    expect(placed(subscriptions)).toEqual({ 0: [2, 3, 5, 7], undefined: [4, 6] });
    subscriptions.regain(1);
    expect(placed(subscriptions)).toEqual({ 0: [2, 3, 5, 7], 1: [4, 6] });
  });

  test('keeps an instrument on the account that it names as long as that has a connection', () => {
    const { subscriptions } = setup({ accounts: ['a', 'b'], connections: 2, limit: 2 });
    subscriptions.add([1, 2, 3, 4], 'low', 'a');
    expect(subscriptions.lose(0)).toEqual([1, 2]);
    expect(subscriptions.lose(1)).toEqual([]);
    expect([...subscriptions.list()].map(({ account }) => account)).toEqual(['b', 'b', 'b', 'b']);
  });
});

test('whatever is wanted, lost and opened: each instrument is told to one connection at most, and to that it lives on', () => {
  const instruments = fc.uniqueArray(fc.integer({ min: 1, max: 20 }), { maxLength: 10 });
  const connection = fc.integer({ min: 0, max: 3 });
  const mode = fc.constantFrom<Mode>('low', 'high');
  const step = fc.oneof(
    fc.record({
      do: fc.constant('add' as const),
      instruments,
      mode,
      account: fc.constantFrom('a', 'b', undefined),
    }),
    fc.record({ do: fc.constant('remove' as const), instruments }),
    fc.record({ do: fc.constant('mode' as const), instruments, mode }),
    fc.record({ do: fc.constant('lose' as const), connection }),
    fc.record({ do: fc.constant('regain' as const), connection }),
    fc.record({ do: fc.constant('reopen' as const), connection }),
  );
  const distribution = fc.constantFrom('least-loaded' as const, 'round-robin' as const);
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), distribution, (steps, distribution) => {
      const { subscriptions, changed } = setup({
        accounts: ['a', 'b'],
        connections: 2,
        limit: 4,
        distribution,
      });
      const lost = new Set<number>();
      /** What the service would stream, by connection. */
      const service = Array.from({ length: 4 }, () => new Map<number, Mode>());
      const tell = (index: number) => {
        if (lost.has(index)) return;
        const { unsubscribe, subscribe, modes } = subscriptions.changes(index);
        for (const instrument of unsubscribe) service[index]?.delete(instrument);
        for (const instrument of subscribe) service[index]?.set(instrument, 'low');
        for (const [mode, group] of modes)
          for (const instrument of group) service[index]?.set(instrument, mode);
      };
      for (const step of steps) {
        if (step.do === 'add') {
          try {
            subscriptions.add(step.instruments, step.mode, step.account);
          } catch (error) {
            expect(error).toBeInstanceOf(CapacityError);
          }
        } else if (step.do === 'remove') subscriptions.remove(step.instruments);
        else if (step.do === 'mode') subscriptions.setMode(step.instruments, step.mode);
        else if (step.do === 'lose') {
          lost.add(step.connection);
          service[step.connection]?.clear();
          subscriptions.lose(step.connection);
        } else {
          if (step.do === 'reopen' && lost.has(step.connection)) continue;
          lost.delete(step.connection);
          service[step.connection]?.clear();
          subscriptions.opened(step.connection);
          subscriptions.regain(step.connection);
          tell(step.connection);
        }
        for (const index of changed) tell(index);
        changed.clear();
        const wanted = [...subscriptions.list()].filter(({ connection }) => connection !== undefined);
        const streams = service.flatMap((modes, index) =>
          [...modes].map(([instrument, mode]) => `${instrument} ${mode} on ${index}`),
        );
        expect(streams.sort()).toEqual(
          wanted.map(({ instrument, mode, connection }) => `${instrument} ${mode} on ${connection}`).sort(),
        );
        for (const modes of service) expect(modes.size).toBeLessThanOrEqual(4);
      }
    }),
    { numRuns: 300 },
  );
});

import { describe, expect, it } from 'vitest';
import { explore, NOBODY_WAITS_FOR_EVER, type Protocol, type Step, type Steps, thread } from './explorer.ts';
import type { Processor, ReadModifyWrite } from './processor.ts';

/** One line of a litmus test. */
type Line = (me: Processor) => void;

const write =
  (word: string): Line =>
  (me) =>
    me.write(word, 1);
const store =
  (word: string): Line =>
  (me) =>
    me.store(word, 1);
const exchange =
  (word: string): Line =>
  (me) =>
    void me.exchange(word, 1);
const fence: Line = (me) => me.fence();
const readTo =
  (register: string, word: string): Line =>
  (me) =>
    me.readLate(word, register);
const loadTo =
  (register: string, word: string): Line =>
  (me) =>
    me.write(`seen ${register}`, me.load(word) + 1);

/** Whether the threads can end with these values in their registers. */
function canSee(
  values: { r1: number; r2: number },
  lines: readonly (readonly Line[])[],
  rmw?: ReadModifyWrite,
): boolean {
  const threads = lines.map((program, index) => {
    const steps: Steps<{ r1: number; r2: number }> = {};
    program.forEach((line, at) => {
      steps[at] = (me) => {
        line(me);
        return String(at + 1);
      };
    });
    // Registers count from 1 in memory, so that those of other threads are told apart; 0 is not read.
    steps[program.length] = (me, my) => {
      me.answered();
      if (my.r1 >= 0) me.write('seen r1', my.r1 + 1);
      return 'second register';
    };
    steps['second register'] = (me, my) => {
      if (my.r2 >= 0) me.write('seen r2', my.r2 + 1);
      return 'done';
    };
    return thread(`thread ${index}`, { r1: -1, r2: -1 }, steps);
  });
  const auditor = thread(
    'auditor',
    {},
    {
      look: (me) => {
        for (const { name } of threads) me.ended(name);
        me.check(me.read('seen r1') !== values.r1 + 1 || me.read('seen r2') !== values.r2 + 1, 'seen');
        return 'done';
      },
    },
  );
  const protocol: Protocol = {
    memory: { x: 0, y: 0, 'seen r1': 0, 'seen r2': 0 },
    threads: [...threads, auditor],
  };
  const { broken, complete } = explore(protocol, rmw ? { rmw } : {});
  expect(complete || broken === 'seen').toBe(true);
  return broken === 'seen';
}

describe('the memory, by the litmus tests of the literature', () => {
  it('lets both threads miss the plain store of the other (store buffering)', () => {
    const plain = [
      [write('x'), readTo('r1', 'y')],
      [write('y'), readTo('r2', 'x')],
    ];
    expect(canSee({ r1: 0, r2: 0 }, plain)).toBe(true);
    const atomic = [
      [store('x'), loadTo('r1', 'y')],
      [store('y'), loadTo('r2', 'x')],
    ];
    expect(canSee({ r1: 0, r2: 0 }, atomic)).toBe(false);
  });

  it('shows plain stores and plain loads out of order (message passing)', () => {
    const seen = { r1: 1, r2: 0 };
    expect(
      canSee(seen, [
        [write('x'), write('y')],
        [readTo('r1', 'y'), readTo('r2', 'x')],
      ]),
    ).toBe(true);
    expect(
      canSee(seen, [
        [write('x'), store('y')],
        [readTo('r1', 'y'), readTo('r2', 'x')],
      ]),
    ).toBe(true);
    expect(
      canSee(seen, [
        [write('x'), write('y')],
        [loadTo('r1', 'y'), readTo('r2', 'x')],
      ]),
    ).toBe(true);
    expect(
      canSee(seen, [
        [write('x'), store('y')],
        [loadTo('r1', 'y'), readTo('r2', 'x')],
      ]),
    ).toBe(false);
  });

  it('answers a plain load after a later store (load buffering)', () => {
    const plain = [
      [readTo('r1', 'x'), write('y')],
      [readTo('r2', 'y'), write('x')],
    ];
    expect(canSee({ r1: 1, r2: 1 }, plain)).toBe(true);
    const released = [
      [readTo('r1', 'x'), store('y')],
      [readTo('r2', 'y'), store('x')],
    ];
    expect(canSee({ r1: 1, r2: 1 }, released)).toBe(false);
  });

  it('keeps accesses to one word in order (coherence)', () => {
    const twice: Line = (me) => me.write('x', 2);
    expect(
      canSee({ r1: 2, r2: 1 }, [
        [write('x'), twice],
        [readTo('r1', 'x'), readTo('r2', 'x')],
      ]),
    ).toBe(false);
    expect(
      canSee({ r1: 1, r2: 2 }, [
        [write('x'), twice],
        [readTo('r1', 'x'), readTo('r2', 'x')],
      ]),
    ).toBe(true);
  });

  it('lets a plain load pass a later atomic one, but not a fence and an atomic one', () => {
    const writer = [store('x'), store('y')];
    const seen = { r1: 1, r2: 0 };
    for (const rmw of ['single', 'pair'] as const) {
      // r1 is the plain load of y, r2 the atomic one of x that follows it.
      expect(canSee(seen, [writer, [readTo('r1', 'y'), loadTo('r2', 'x')]], rmw)).toBe(true);
      expect(canSee(seen, [writer, [readTo('r1', 'y'), fence, loadTo('r2', 'x')]], rmw)).toBe(false);
    }
  });

  it('lets a plain store pass an earlier atomic one, and the writing half of a pair, but not a load after it', () => {
    const reader = [loadTo('r1', 'y'), loadTo('r2', 'x')];
    const seen = { r1: 1, r2: 0 };
    const load: Line = (me) => void me.load('x');
    expect(canSee(seen, [[store('x'), write('y')], reader])).toBe(true);
    expect(canSee(seen, [[exchange('x'), write('y')], reader], 'single')).toBe(false);
    expect(canSee(seen, [[exchange('x'), write('y')], reader], 'pair')).toBe(true);
    expect(canSee(seen, [[exchange('x'), load, write('y')], reader], 'pair')).toBe(false);
    expect(canSee(seen, [[store('x'), load, write('y')], reader])).toBe(false);
  });

  it('never loses an addition', () => {
    for (const rmw of ['single', 'pair'] as const) {
      const add: Line = (me) => void me.add('x', 1);
      expect(canSee({ r1: 1, r2: 1 }, [[add], [add, loadTo('r1', 'x'), loadTo('r2', 'x')]], rmw)).toBe(true);
      const adds: Step<object> = (me) => {
        add(me);
        return 'done';
      };
      const [adder, other] = [thread('adder', {}, { adds }), thread('other', {}, { adds })];
      const auditor = thread(
        'auditor',
        {},
        {
          look: (me) => {
            me.ended('adder');
            me.ended('other');
            me.check(me.load('x') === 2, 'both are counted');
            return 'done';
          },
        },
      );
      const { complete } = explore({ memory: { x: 0 }, threads: [adder, other, auditor] }, { rmw });
      expect(complete).toBe(true);
    }
  });
});

describe('an exploration', () => {
  it('tells the shortest way to a broken property', () => {
    const one = thread(
      'one',
      {},
      {
        'write x': (me) => {
          me.write('x', 1);
          return 'done';
        },
      },
    );
    const two = thread(
      'two',
      {},
      {
        'load x': (me) => {
          me.check(me.load('x') === 0, 'x stays 0');
          return 'done';
        },
      },
    );
    const { broken, trace } = explore({ memory: { x: 0 }, threads: [one, two] });
    expect(broken).toBe('x stays 0');
    expect(trace).toBe(
      [
        'one: write x',
        '    issues x = 1',
        'one: … x = 1 reaches memory',
        'two: load x',
        '    loads x 1',
        'two is at load x',
      ].join('\n'),
    );
  });

  it('finds threads that wait for ever, and does not count on a death to free them', () => {
    const sleeper = thread(
      'sleeper',
      {},
      {
        begin: () => 'sleep',
        sleep: (me) => {
          me.wait('x', 0);
          return 'wake up';
        },
        'wake up': () => 'done',
      },
      { mortal: true },
    );
    const { broken, trace } = explore({ memory: { x: 0 }, threads: [sleeper] });
    expect(broken).toBe(NOBODY_WAITS_FOR_EVER);
    expect(trace).toContain('sleeper is parked on x');
  });

  it('says so when it was cut short', () => {
    const counter = thread(
      'counter',
      { count: 0 },
      {
        count: (_, my) => (my.count++ < 100 ? 'count' : 'done'),
      },
    );
    const protocol = { memory: {}, threads: [counter] };
    expect(explore(protocol, { limit: 50 })).toMatchObject({ complete: false, broken: undefined });
    expect(explore(protocol)).toMatchObject({ complete: true, states: 102 });
  });
});

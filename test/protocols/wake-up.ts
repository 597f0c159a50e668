import {
  type BellFaults,
  bellCounters,
  bellWords,
  ring,
  ringAlways,
  ringerOf,
  wait,
  waiterAt,
} from './doorbell.ts';
import { type Protocol, type Thread, thread } from './explorer.ts';
import type { Processor } from './processor.ts';

/** Ways to break the wake-up protocol; those of the bell included. */
export interface WakeUpFaults extends BellFaults {
  /** The whole ring comes before what it announces. */
  ringsBeforePublishing?: boolean;
  /** Only the question what is announced comes before. */
  asksBeforePublishing?: boolean;
  publishesPlainly?: boolean;
}

export interface WakeUpSize {
  /** One or two; each publishes on a word of its own, as rings that share a bell do. */
  ringers: 1 | 2;
  /** Each waits for everything from everybody. */
  waiters: 1 | 2;
  /** By each ringer. */
  items: number;
}

export const NOBODY_LEFT_OVER = 'when all are awake nobody counts as parked';

/** The doorbell between those who publish and those who wait: `Doorbell.ring` and `Doorbell.waitSync`. */
export function wakeUp(size: WakeUpSize, faults: WakeUpFaults = {}): Protocol {
  const words = ['published 1', 'published 2'].slice(0, size.ringers);
  const waiters = ['waiter 1', 'waiter 2'].slice(0, size.waiters);
  const auditor = thread(
    'auditor',
    { announced: 0 },
    {
      'count the announced': (me, my) => {
        for (const waiter of waiters) me.ended(waiter);
        my.announced = me.load('bell.announced');
        return 'count the withdrawn';
      },
      'count the withdrawn': (me, my) => {
        me.check(me.load('bell.withdrawn') === my.announced, NOBODY_LEFT_OVER);
        return 'done';
      },
    },
  );
  return {
    memory: { ...Object.fromEntries(words.map((word) => [word, 0])), ...bellWords('bell') },
    counters: bellCounters('bell'),
    threads: [
      ...words.map((word, index) => ringer(`ringer ${index + 1}`, word, size, faults)),
      ...waiters.map((name) => waiter(name, words, size, faults)),
      auditor,
    ],
  };
}

/** `RecordWriter.publish`, `FrameWriter.publish`, `FrameReader.release`: an atomic store, and then the bell. */
function ringer(name: string, word: string, { items }: WakeUpSize, faults: WakeUpFaults): Thread {
  const publish = (me: Processor, item: number) =>
    faults.publishesPlainly ? me.write(word, item) : me.store(word, item);
  if (faults.ringsBeforePublishing) {
    return thread(
      name,
      { item: 0, ...ringerOf('bell') },
      {
        next: (_, my) => (my.item++ === items ? 'done' : 'ring'),
        ...ring('bell', 'ring', 'publish', faults),
        publish: (me, my) => {
          publish(me, my.item);
          return 'next';
        },
      },
    );
  }
  if (faults.asksBeforePublishing) {
    return thread(
      name,
      { item: 0, new: 0, ...ringerOf('bell') },
      {
        ask: (me, my) => {
          if (my.item++ === items) return 'done';
          my.new = me.load('bell.announced') === my['bell rung for'] ? 0 : 1;
          return 'publish';
        },
        publish: (me, my) => {
          publish(me, my.item);
          return my.new === 0 ? 'ask' : 'ring';
        },
        ...ringAlways('bell', 'ring', 'ask'),
      },
    );
  }
  return thread(
    name,
    { item: 0, ...ringerOf('bell') },
    {
      publish: (me, my) => {
        if (my.item++ === items) return 'done';
        publish(me, my.item);
        return 'ring';
      },
      ...ring('bell', 'ring', 'publish', faults),
    },
  );
}

/** `RecordReader.waitSync` over one or two rings, and reading what there is. */
function waiter(name: string, words: readonly string[], { items }: WakeUpSize, faults: WakeUpFaults): Thread {
  const own = { ...waiterAt('bell'), 'published 1': 0, 'published 2': 0 };
  type Own = typeof own;
  const published = words as readonly ('published 1' | 'published 2')[];
  const ready = published.map((word) => (me: Processor, my: Own) => me.load(word) !== my[word]);
  return thread(name, own, {
    ...wait('bell', 'wait', ready, 'read 1', faults),
    'read 1': (me, my) => {
      my['published 1'] = me.load('published 1');
      return words.length === 2 ? 'read 2' : 'go on';
    },
    'read 2': (me, my) => {
      my['published 2'] = me.load('published 2');
      return 'go on';
    },
    'go on': (_, my) => (published.every((word) => my[word] === items) ? 'done' : 'wait'),
  });
}

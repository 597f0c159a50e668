import { TickView } from 'tickring/kite';
import { Arena, type ArenaHandle, RecordReader, RecordWriter } from 'tickring/memory';

/** One record, or nothing but a word, that a thread publishes and another waits for. */
export interface WakePublisher {
  publish(): void;
}

export interface WakeReader {
  /** Parks until something is published. */
  waitSync(): void;
  wait(): Promise<unknown> | unknown;
  /** Reads it. Throws where nothing came. */
  take(): void;
}

export type WakeSide = 'tickring' | 'bare';

/** What both ends attach to: structured-cloneable. */
export interface WakeChannel {
  readonly arena: ArenaHandle | undefined;
  /** What the bare side waits on. */
  readonly word: SharedArrayBuffer;
  /** By which the two threads take turns: see wake-pings. */
  readonly turn: SharedArrayBuffer;
}

export function openChannel(side: WakeSide): WakeChannel {
  const arena = side === 'tickring' ? Arena.create({ latestInstruments: 0 }).handle : undefined;
  return { arena, word: new SharedArrayBuffer(4), turn: new SharedArrayBuffer(16) };
}

export function publisherOf({ arena, word }: WakeChannel): WakePublisher {
  return arena ? ringPublisher(arena) : barePublisher(word);
}

export function readerOf({ arena, word }: WakeChannel): WakeReader {
  return arena ? ringReader(arena) : bareReader(word);
}

function ringPublisher(handle: ArenaHandle): WakePublisher {
  const writer = new RecordWriter(Arena.attach(handle));
  return {
    publish() {
      writer.claim(1);
      writer.publish(1);
    },
  };
}

function ringReader(handle: ArenaHandle): WakeReader {
  const reader = new RecordReader([Arena.attach(handle)], (memory) => new TickView(memory));
  return {
    waitSync: () => reader.waitSync(),
    wait: () => reader.wait(),
    take() {
      let records = 0;
      for (const _ of reader.drain()) records += 1;
      if (records !== 1) throw new Error(`woken for ${records} records`);
    },
  };
}

function barePublisher(word: SharedArrayBuffer): WakePublisher {
  const words = new Int32Array(word);
  return {
    publish() {
      Atomics.add(words, 0, 1);
      Atomics.notify(words, 0);
    },
  };
}

function bareReader(word: SharedArrayBuffer): WakeReader {
  const words = new Int32Array(word);
  let seen = 0;
  return {
    waitSync: () => void Atomics.wait(words, 0, seen),
    wait: () => Atomics.waitAsync(words, 0, seen).value,
    take() {
      seen += 1;
      if (Atomics.load(words, 0) !== seen) throw new Error('woken for nothing');
    },
  };
}

/** Records, frames and threads for the tests of shared memory. */

import { Worker } from 'node:worker_threads';
import {
  type Arena,
  FrameReader,
  type RecordMemory,
  type RecordView,
  type RecordWriter,
} from 'tickring/memory';

/** Positions from which 32-bit counters soon wrap, and 0. Multiples of 8. */
export const START_POSITIONS = [0, 2 ** 32 - 8, 2 ** 32 - 64, 2 ** 32 - 1024, 2 ** 31 - 16] as const;

/** Words of a record that the tests fill, from its first to its last one. */
const FILLED_WORDS = [2, 3, 11, 17, 31, 40, 52, 63] as const;

/** What a word of the record at a position holds. */
export function wordOf(position: number, word: number): number {
  const mixed = Math.imul(position ^ (word * 0x9e3779b1), 0x85ebca6b);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}

/** Writes a record of which every word can be foretold from its position. */
export function fillRecord(arena: Arena, slot: number, position: number): void {
  const at = slot >> 2;
  arena.u32[at] = position;
  for (const word of FILLED_WORDS) arena.u32[at + word] = wordOf(position, word);
}

/** Writes over a record, so that nothing of it is right any more. */
export function scribble(arena: Arena, slot: number): void {
  arena.u32.fill(0xdead_beef, slot >> 2, (slot + 256) >> 2);
}

/** Claims, fills and publishes `count` records; false when there is no room. */
export function writeRecords(arena: Arena, writer: RecordWriter, count: number): boolean {
  if (!writer.claim(count)) return false;
  for (let i = 0; i < count; i++) {
    const position = (writer.position + i) >>> 0;
    fillRecord(arena, writer.slot(position), position);
  }
  writer.publish(count);
  return true;
}

/** A view of a record of the tests. */
export class TestView implements RecordView<TestView> {
  readonly #u32: Uint32Array;
  #word = 0;

  constructor(memory: RecordMemory) {
    this.#u32 = memory.u32;
  }

  moveTo(offset: number): this {
    this.#word = offset >> 2;
    return this;
  }

  /** Position that the record says it has. */
  get number(): number {
    return this.#u32[this.#word]!;
  }

  /** Whether all its words are those of the record at `position`. */
  holds(position: number): boolean {
    if (this.number !== position) return false;
    return FILLED_WORDS.every((word) => this.#u32[this.#word + word] === wordOf(position, word));
  }
}

export function testView(memory: RecordMemory): TestView {
  return new TestView(memory);
}

/** A frame as it was read. */
export interface ReadFrame {
  readonly payload: Uint8Array;
  readonly kind: number;
  readonly number: number;
  readonly epoch: number;
  readonly receivedAt: number;
}

/** The reader's current frame, copied. */
export function currentFrame(arena: Arena, reader: FrameReader): ReadFrame {
  const { payload, length, kind, number, epoch, receivedAt } = reader;
  return {
    payload: new Uint8Array(arena.u8.slice(payload, payload + length)),
    kind,
    number,
    epoch,
    receivedAt,
  };
}

/** Every frame that waits, released. */
export function readFrames(arena: Arena, reader: FrameReader = new FrameReader(arena)): ReadFrame[] {
  const frames: ReadFrame[] = [];
  while (reader.next()) {
    frames.push(currentFrame(arena, reader));
    reader.release();
  }
  return frames;
}

/** A thread of `test/support/threads/`. */
export interface Thread<Result> {
  readonly worker: Worker;
  /** Its one message, after it has ended. */
  readonly result: Promise<Result>;
}

export function startThread<Result>(name: string, data: object): Thread<Result> {
  const url = new URL(`./threads/${name}.js`, import.meta.url);
  const worker = new Worker(url, { workerData: data, execArgv: [] });
  const result = new Promise<Result>((resolve, reject) => {
    let message: Result;
    worker.on('message', (value: Result) => {
      message = value;
    });
    worker.on('error', reject);
    worker.on('exit', () => resolve(message));
  });
  // A test that fails before it comes to wait for the result reports its own failure.
  result.catch(() => {});
  return { worker, result };
}

/** Runs it to its end. */
export function runThread<Result>(name: string, data: object): Promise<Result> {
  return startThread<Result>(name, data).result;
}

/** Gives the event loop turns until it is so: for states that ring no bell. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

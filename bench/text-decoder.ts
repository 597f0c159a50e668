import {
  Arena,
  Counters,
  FRAME_KIND_RESET,
  FRAME_KIND_TEXT,
  FrameReader,
  FrameWriter,
} from 'tickring/memory';
import { kernelOf } from './kernel.ts';

/**
 * A text venue's kernel on an arena of its own; decodes all frames of its ring at each call, as those of a connection that has
 * just been opened, and answers how many these are.
 */
export function decoderOf(
  venue: string,
  frames: readonly string[],
  { booksMatch = 0, books = 4 } = {},
): () => number {
  const arena = Arena.create({ recordSlots: 4096, symbols: 64, books, latestInstruments: 64, sequences: 8 });
  const writer = new FrameWriter(arena);
  const reader = new FrameReader(arena, 'tap');
  const heads: number[] = [];
  const put = (text: string, kind: number) => {
    if (!writer.write(Buffer.from(text), kind, Date.now(), 1)) throw new Error('the ring is full');
    reader.next();
    heads.push(reader.head);
    reader.release();
  };
  put('', FRAME_KIND_RESET);
  for (const frame of frames) put(frame, FRAME_KIND_TEXT);
  const kernel = kernelOf(venue, arena);
  const counters = new Counters(arena);
  let position = 0;
  const decodeAll = () => {
    for (let i = 0; i < heads.length; i++) {
      position = (position + kernel.decode(heads[i]!, position, 0)) >>> 0;
    }
    return frames.length;
  };
  for (const head of heads) {
    kernel.decode(head, position, 0);
    counters.addFindings();
  }
  const { booksMatched, handedOn } = counters.values();
  if (booksMatched !== booksMatch || handedOn !== 0) throw new Error('the kernel does not take these frames');
  return decodeAll;
}

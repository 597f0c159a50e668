import { BaselineBooks } from './kalshi-baseline.ts';
import { deltaSession, TICKER_FRAME } from './kalshi-frames.ts';
import { rate } from './rate.ts';
import type { Benchmark } from './suite.ts';
import { decoderOf } from './text-decoder.ts';

const DELTAS = 2000;
/** Copies of a frame in the ring, so that it is not always read from the same place. */
const COPIES = 64;

const delta: Benchmark = {
  name: 'kalshi-delta',
  unit: 'messages/s',
  better: 'more',
  baseline: 'JSON.parse, a Map for each ladder',
  target: 5,
  note: 'frame to book with its number checked, and to records and latest table; 12 markets, one thread',
  prepare() {
    const frames = deltaSession(DELTAS);
    const decode = decoderOf('kalshi', frames, { booksMatch: frames.length, books: 16 });
    const books = new BaselineBooks();
    // As flat strings of their own.
    const texts = frames.map((text) => Buffer.from(text).toString('latin1'));
    const takeAll = () => {
      books.forget();
      for (const text of texts) if (!books.take(text)) throw new Error('the baseline is wrong');
      return texts.length;
    };
    return { ours: () => rate(decode), baseline: () => rate(takeAll) };
  },
};

const ticker: Benchmark = {
  name: 'kalshi-decode-ticker',
  unit: 'frames/s',
  better: 'more',
  baseline: 'JSON.parse alone',
  target: 3,
  note: 'frame to records and latest table; one thread',
  prepare() {
    const frames = Array.from({ length: COPIES }, () => TICKER_FRAME);
    const decode = decoderOf('kalshi', frames);
    const texts = frames.map((text) => Buffer.from(text).toString('latin1'));
    const parseAll = () => {
      for (const text of texts) JSON.parse(text);
      return texts.length;
    };
    return { ours: () => rate(decode), baseline: () => rate(parseAll) };
  },
};

export const kalshiDecode: readonly Benchmark[] = [delta, ticker];

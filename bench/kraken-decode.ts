import { Arena, Counters, FRAME_KIND_TEXT, FrameReader, FrameWriter } from 'tickring/memory';
import { CcxtKraken } from './ccxt.ts';
import { kernelOf } from './kernel.ts';
import { BaselineBook } from './kraken-baseline.ts';
import { bookSession, hasChecksum, SYMBOL, TICKER_FRAME, TRADE_FRAME } from './kraken-frames.ts';
import { rate } from './rate.ts';
import type { Benchmark } from './suite.ts';

const UPDATES = 2000;
/** Copies of a frame in the ring, so that it is not always read from the same place. */
const COPIES = 64;

/** Kraken's kernel on an arena of its own; decodes all frames of its ring at each call, and answers how many these are. */
function decoderOf(frames: readonly string[], { booksMatch = 0 } = {}): () => number {
  const arena = Arena.create({ recordSlots: 4096, symbols: 64, books: 4, latestInstruments: 64 });
  const writer = new FrameWriter(arena);
  const reader = new FrameReader(arena, 'tap');
  const heads: number[] = [];
  for (const frame of frames) {
    if (!writer.write(Buffer.from(frame), FRAME_KIND_TEXT, Date.now(), 1))
      throw new Error('the ring is full');
    reader.next();
    heads.push(reader.head);
    reader.release();
  }
  const kernel = kernelOf('kraken', arena);
  const counters = new Counters(arena);
  let position = 0;
  const decodeAll = () => {
    for (let i = 0; i < heads.length; i++) {
      position = (position + kernel.decode(heads[i]!, position, 0)) >>> 0;
    }
    return heads.length;
  };
  for (const head of heads) {
    kernel.decode(head, position, 0);
    counters.addFindings();
  }
  const { booksMatched, handedOn } = counters.values();
  if (booksMatched !== booksMatch || handedOn !== 0) throw new Error('the kernel does not take these frames');
  return decodeAll;
}

const bookUpdate: Benchmark = {
  name: 'kraken-book-update',
  unit: 'messages/s',
  better: 'more',
  baseline: 'JSON.parse, sorted arrays, zlib.crc32',
  target: 5,
  note: 'frame to book with its checksum verified, and to records and latest table; depth 25; one thread',
  prepare() {
    const frames = bookSession(UPDATES);
    const decode = decoderOf(frames, { booksMatch: frames.length });
    const book = new BaselineBook(25, 2, 8);
    const takeAll = () => {
      for (const frame of frames) if (!book.take(frame)) throw new Error('the baseline is wrong');
      return frames.length;
    };
    return { ours: () => rate(decode), baseline: () => rate(takeAll) };
  },
};

const bookUpdateCcxt: Benchmark = {
  name: 'kraken-book-update-ccxt',
  unit: 'messages/s',
  better: 'more',
  baseline: "ccxt's Kraken order book",
  target: 20,
  note: 'the same frames; ccxt as it comes, which leaves checksums unverified; both without a socket; one thread',
  prepare() {
    const frames = bookSession(UPDATES);
    const decode = decoderOf(frames, { booksMatch: frames.length });
    const ccxt = new CcxtKraken();
    const takeAll = () => {
      for (const frame of frames) ccxt.take(frame);
      return frames.length;
    };
    takeAll();
    const { bids, asks } = ccxt.book(SYMBOL)!;
    if (!hasChecksum(frames.at(-1)!, bids, asks)) throw new Error("ccxt's book is wrong");
    return { ours: () => rate(decode), baseline: () => rate(takeAll) };
  },
};

function decodeBenchmark(name: string, frame: string): Benchmark {
  return {
    name,
    unit: 'frames/s',
    better: 'more',
    baseline: 'JSON.parse alone',
    target: 3,
    note: 'frame to records and latest table; one thread',
    prepare() {
      const frames = Array.from({ length: COPIES }, () => frame);
      const decode = decoderOf(frames);
      // As flat strings of their own.
      const texts = frames.map((text) => Buffer.from(text).toString('latin1'));
      const parseAll = () => {
        for (const text of texts) JSON.parse(text);
        return texts.length;
      };
      return { ours: () => rate(decode), baseline: () => rate(parseAll) };
    },
  };
}

export const krakenDecode: readonly Benchmark[] = [
  bookUpdate,
  bookUpdateCcxt,
  decodeBenchmark('kraken-decode-ticker', TICKER_FRAME),
  decodeBenchmark('kraken-decode-trade', TRADE_FRAME),
];

import { CcxtKraken } from './ccxt.ts';
import { BaselineBook } from './kraken-baseline.ts';
import { bookSession, hasChecksum, SYMBOL, TICKER_FRAME, TRADE_FRAME } from './kraken-frames.ts';
import { rate } from './rate.ts';
import type { Benchmark } from './suite.ts';
import { decoderOf } from './text-decoder.ts';

const UPDATES = 2000;
/** Copies of a frame in the ring, so that it is not always read from the same place. */
const COPIES = 64;

const bookUpdate: Benchmark = {
  name: 'kraken-book-update',
  unit: 'messages/s',
  better: 'more',
  baseline: 'JSON.parse, sorted arrays, zlib.crc32',
  target: 5,
  note: 'frame to book with its checksum verified, and to records and latest table; depth 25; one thread',
  prepare() {
    const frames = bookSession(UPDATES);
    const decode = decoderOf('kraken', frames, { booksMatch: frames.length });
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
    const decode = decoderOf('kraken', frames, { booksMatch: frames.length });
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
      const decode = decoderOf('kraken', frames);
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

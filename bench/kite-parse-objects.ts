import { parseFrame } from 'tickring/kite';
import { marketFrame } from './frames.ts';
import { officialParser } from './official.ts';
import { rate } from './rate.ts';
import type { Benchmark } from './suite.ts';

const PACKETS = 200;

export const kiteParseObjects: Benchmark = {
  name: 'kite-parse-objects',
  unit: 'packets/s',
  better: 'more',
  baseline: 'kiteconnect parseBinary',
  target: 100,
  note: `frames of ${PACKETS} full packets to plain objects, Dates and depth arrays included, on one thread`,
  prepare() {
    const frame = marketFrame(PACKETS, 'full');
    const parse = officialParser();
    const bytes = frame.slice().buffer;
    return {
      ours: () => rate(() => parseFrame(frame).length),
      baseline: () => rate(() => parse(bytes).length),
    };
  },
};

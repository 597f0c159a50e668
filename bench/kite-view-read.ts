import { TickView } from 'tickring/kite';
import {
  Arena,
  FRAME_KIND_BINARY,
  FrameReader,
  FrameWriter,
  RecordReader,
  RecordRing,
  RecordWriter,
} from 'tickring/memory';
import { marketFrame } from './frames.ts';
import { kernelOf } from './kernel.ts';
import { officialParser } from './official.ts';
import { rate } from './rate.ts';
import type { Benchmark } from './suite.ts';

const PACKETS = 200;
const RECORD_BYTES = 256;

/** An arena with the records of one frame in its first slots, and what publishes them again. */
function decoded(frame: Uint8Array) {
  const arena = Arena.create({ recordSlots: 1024, latestInstruments: 0 });
  new FrameWriter(arena).write(frame, FRAME_KIND_BINARY, Date.now(), 1);
  const frames = new FrameReader(arena);
  frames.next();
  const kernel = kernelOf('kite', arena);
  const publish = (writer: RecordWriter) => {
    writer.claim(PACKETS);
    writer.publish(kernel.decode(frames.head, writer.position, 0));
  };
  return { arena, publish };
}

/** So that nothing is optimised away. Answers how many there were. */
function complete(sum: number): number {
  if (Number.isNaN(sum)) throw new Error('a field is missing');
  return PACKETS;
}

const viewRead: Benchmark = {
  name: 'kite-view-read',
  unit: 'records/s',
  better: 'more',
  baseline: 'the same of kiteconnect objects, already parsed',
  target: 1,
  note: 'token, last price, volume, best bid and ask, prices in rupees; a view moved over 200 records in shared memory',
  prepare() {
    const frame = marketFrame(PACKETS, 'full');
    const { arena, publish } = decoded(frame);
    publish(new RecordWriter(arena));
    const { slots } = new RecordRing(arena);
    const view = new TickView(arena);
    const read = () => {
      let sum = 0;
      for (let record = 0; record < PACKETS; record++) {
        view.moveTo(slots + record * RECORD_BYTES);
        sum +=
          view.instrumentToken + view.lastPrice + view.volumeTraded! + view.bidPrice(0)! + view.askPrice(0)!;
      }
      return complete(sum);
    };
    const ticks = officialParser()(frame.slice().buffer);
    const official = () => {
      let sum = 0;
      for (const tick of ticks) {
        sum +=
          tick.instrument_token +
          tick.last_price +
          tick.volume_traded +
          tick.depth.buy[0]!.price +
          tick.depth.sell[0]!.price;
      }
      return complete(sum);
    };
    return { ours: () => rate(read), baseline: () => rate(official) };
  },
};

function readerRead(kind: 'gating' | 'copying'): Benchmark {
  return {
    name: `kite-reader-${kind}`,
    group: 'kite-reader',
    unit: 'records/s',
    better: 'more',
    baseline: 'kiteconnect parseBinary and the same reads',
    note: 'the same five fields from 200 packets at a time: kernel, ring and reader on one side, the official parser on the other; one thread',
    prepare() {
      const frame = marketFrame(PACKETS, 'full');
      const { arena, publish } = decoded(frame);
      const writer = new RecordWriter(arena);
      const reader = new RecordReader([arena], (memory) => new TickView(memory), { kind });
      const parse = officialParser();
      const bytes = frame.slice().buffer;
      return {
        ours: () =>
          rate(() => {
            publish(writer);
            let sum = 0;
            for (const tick of reader.drain()) {
              sum +=
                tick.instrumentToken +
                tick.lastPrice +
                tick.volumeTraded! +
                tick.bidPrice(0)! +
                tick.askPrice(0)!;
            }
            return complete(sum);
          }),
        baseline: () =>
          rate(() => {
            let sum = 0;
            for (const tick of parse(bytes)) {
              sum +=
                tick.instrument_token +
                tick.last_price +
                tick.volume_traded +
                tick.depth.buy[0]!.price +
                tick.depth.sell[0]!.price;
            }
            return complete(sum);
          }),
      };
    },
  };
}

export const kiteRead: readonly Benchmark[] = [viewRead, readerRead('gating'), readerRead('copying')];

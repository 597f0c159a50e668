/**
 * Decoders: threads terminated at random moments under load, 50 times; nightly 1,000. Every frame's records appear exactly once
 * and in order, whatever the decoder was doing.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { TickView } from 'tickring/kite';
import { Arena, Counters, FRAME_KIND_BINARY, FrameWriter, RecordReader } from 'tickring/memory';
import { compileKernel, DecoderPool } from './internals.ts';
import { torture } from './support.ts';

const KILLS = { short: 50, nightly: 1_000 };
const PACKETS = 20;
const INSTRUMENTS = 7;
/** Records between two kills, at most. */
const MOST_BETWEEN = 4_000;

/** LTP packets whose raw prices count on from `first`. */
function frame(first: number): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(2 + PACKETS * 10));
  bytes.setUint16(0, PACKETS);
  for (let packet = 0; packet < PACKETS; packet++) {
    bytes.setUint16(2 + packet * 10, 8);
    bytes.setUint32(4 + packet * 10, (packet % INSTRUMENTS) * 256 + 1);
    bytes.setInt32(8 + packet * 10, (first + packet) | 0);
  }
  return new Uint8Array(bytes.buffer);
}

await torture('decoders', async (run) => {
  const kills = run.nightly ? KILLS.nightly : KILLS.short;
  let deaths = 0;
  let givenUp = false;
  let quarantined = 0;
  const pool = new DecoderPool(1, {
    died: (_error, final) => {
      deaths += 1;
      givenUp ||= final;
    },
    quarantined: () => {
      quarantined += 1;
    },
  });
  const control = pool.controlFor(0);
  const arena = Arena.create({ recordSlots: 4096, frameBell: control.bell.handle });
  await pool.start(await compileKernel('kite'), [arena]);
  const writer = new FrameWriter(arena);
  const reader = new RecordReader([arena], (memory) => new TickView(memory), { kind: 'gating' });

  let written = 0;
  let read = 0;
  let killed = 0;
  let nextKill = run.random.below(MOST_BETWEEN);
  while ((killed < kills || read < written) && !givenUp && !run.violated) {
    for (let burst = 0; burst < 8 && killed < kills; burst++) {
      if (!writer.write(frame(written), FRAME_KIND_BINARY, Date.now(), 1)) break;
      written += PACKETS;
    }
    for (const tick of reader.drain()) {
      const expected = read | 0;
      run.check(tick.rawLastPrice === expected, () => `record ${expected} came as ${tick.rawLastPrice}`);
      read += 1;
    }
    const [thread] = pool.threads;
    if (killed < kills && read >= nextKill && control.serving && thread) {
      await thread.terminate();
      killed += 1;
      nextKill = read + run.random.below(MOST_BETWEEN);
    }
    await nextTurn();
  }
  await pool.stop();

  const { framesSkipped } = new Counters(arena).values();
  run.check(!givenUp, 'the pool gave up');
  run.check(quarantined === 0, `${quarantined} good frames were set aside`);
  run.check(read === written, `${written} records were written, and ${read} read`);
  Object.assign(run.numbers, {
    'decoders terminated': killed,
    'decoders replaced': deaths,
    'records read': read,
    lost: Math.max(0, written - read),
    duplicated: Math.max(0, read - written),
    'frames known to be published': framesSkipped,
  });
});

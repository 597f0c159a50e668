/**
 * Fuzzes Kite's kernel in its lane, on a real arena: 100,000 frames, nightly 1,000,000. Every frame is decoded a second time by
 * `packets()`, every counter balanced, and every byte of the arena that the frame has no business with compared.
 */
import { readFileSync } from 'node:fs';
import { FRAME_KIND_BINARY, FRAME_KIND_TEXT } from 'tickring/memory';
import { kernelUrl } from './internals.ts';
import { KernelTarget, type TargetShape } from './kernel-target.ts';
import { Mutator, shrink } from './mutator.ts';
import { Random, type Run, torture } from './support.ts';

const SHORT = 100_000;
const NIGHTLY = 1_000_000;
/** Frames of one arena: then another, of another shape. */
const PER_ARENA = 4_000;

await torture('fuzz-kernel', async (run) => {
  const module = new WebAssembly.Module(readFileSync(kernelUrl));
  const mutator = new Mutator(run.random);
  const goal = run.nightly ? NIGHTLY : SHORT;
  let frames = 0;
  let bytes = 0;
  let records = 0;
  let arenas = 0;
  while (frames < goal && !run.violated) {
    const shape = anyShape(run.random);
    const target = new KernelTarget(module, shape, run.random);
    arenas++;
    for (let i = 0; i < PER_ARENA && frames < goal; i++, frames++) {
      const frame = mutator.next();
      const kind = run.random.chance(0.01) ? FRAME_KIND_TEXT : FRAME_KIND_BINARY;
      const { wrong, outcome, records: made } = target.take(frame, kind);
      bytes += frame.length;
      records += made;
      mutator.outcome(frame, outcome);
      if (wrong !== undefined) {
        report(run, module, shape, frame, kind, `frame ${frames}: ${wrong}`);
        break;
      }
    }
  }
  Object.assign(run.numbers, { frames, bytes, 'packets decoded': records, arenas, corpus: mutator.corpus });
});

function anyShape(random: Random): TargetShape {
  // Some start just below 2^32, so that positions wrap.
  const startPosition = random.chance(0.5)
    ? 2 ** 32 - 8 * random.between(1, 5_000)
    : 8 * random.below(2 ** 29);
  return { recordSlots: random.of([128, 256, 1024]), places: random.of([0, 2, 64, 1024]), startPosition };
}

/** The frame that failed, and the smallest part of it that fails alone. */
function report(
  run: Run,
  module: WebAssembly.Module,
  shape: TargetShape,
  frame: Buffer,
  kind: number,
  what: string,
): void {
  const fails = (part: Buffer) =>
    new KernelTarget(module, shape, new Random(1)).take(part, kind).wrong !== undefined;
  const small = fails(frame) ? shrink(frame, fails) : undefined;
  const bytes =
    small === undefined ? `only after the frames before it; ${frame.toString('hex')}` : small.toString('hex');
  run.check(false, `${what} (${JSON.stringify(shape)}, kind ${kind}): ${bytes.slice(0, 2_000)}`);
}

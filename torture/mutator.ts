/**
 * Frames for fuzzing: good ones, and what becomes of them when bits flip, counts and lengths lie, and pieces are cut, doubled
 * and spliced. The kernel is WASM without instrumentation, so coverage cannot guide it; what a frame comes out as does
 * instead: a mutant with an outcome that was not seen before joins the corpus.
 */
import { KiteMarket } from 'tickring/sim';
import type { Random } from './support.ts';

const MOST_CORPUS = 512;
/** No mutant is longer: the frame ring of the fuzzed arenas takes half of 16 KiB. */
export const MOST_BYTES = 8_000;
/** Around every length that means something. */
const LENGTHS = [0, 1, 2, 7, 8, 9, 27, 28, 29, 31, 32, 33, 43, 44, 45, 183, 184, 185, 0x7fff, 0x8000, 0xffff];
const BYTES = [0x00, 0x01, 0x08, 0x1c, 0x20, 0x2c, 0x7f, 0x80, 0xb8, 0xff];

export class Mutator {
  readonly #random: Random;
  readonly #corpus: Buffer[] = [];
  readonly #seen = new Set<string>();

  constructor(random: Random) {
    this.#random = random;
    const market = new KiteMarket({ instruments: 300, seed: random.word(), startTime: 1_700_000_000_000 });
    const tokens = [...market.instrumentTokens];
    for (const mode of ['ltp', 'quote', 'full'] as const) {
      for (const packets of [1, 2, 3, 7, 20, 40]) {
        const chosen = Array.from({ length: packets }, () => random.of(tokens));
        this.#corpus.push(market.frame(chosen, mode));
      }
    }
    const [first, second, third] = [this.#corpus[2]!, this.#corpus[8]!, this.#corpus[14]!];
    // All kinds of packets in one frame, an empty frame, a heartbeat, no bytes, and more packets than rings have slots.
    this.#corpus.push(joined([first, second, third]), Buffer.alloc(2), Buffer.alloc(1), Buffer.alloc(0));
    this.#corpus.push(
      market.frame(
        Array.from({ length: 700 }, () => random.of(tokens)),
        'ltp',
      ),
    );
  }

  get corpus(): number {
    return this.#corpus.length;
  }

  /** A frame: now and then as it is in the corpus, mostly mutated up to five times. */
  next(): Buffer {
    const random = this.#random;
    if (random.chance(0.02)) return random.bytes(random.below(random.chance(0.1) ? MOST_BYTES : 200));
    // The shorter of two: what long frames can do, short ones mostly can too, and faster.
    const [a, b] = [random.of(this.#corpus), random.of(this.#corpus)];
    let frame: Buffer = Buffer.from(a.length < b.length ? a : b);
    if (random.chance(0.1)) return frame;
    for (let left = random.between(1, 5); left > 0; left--) frame = this.#mutate(frame);
    return frame.length > MOST_BYTES ? frame.subarray(0, MOST_BYTES) : frame;
  }

  /** Tells what a frame came out as. */
  outcome(frame: Buffer, outcome: string): void {
    if (this.#seen.has(outcome)) return;
    this.#seen.add(outcome);
    if (this.#corpus.length < MOST_CORPUS) this.#corpus.push(Buffer.from(frame));
  }

  #mutate(frame: Buffer): Buffer {
    const random = this.#random;
    const { length } = frame;
    switch (random.below(12)) {
      case 0: // A bit flips.
        if (length > 0) frame[random.below(length)]! ^= 1 << random.below(8);
        return frame;
      case 1: // A byte that means something elsewhere.
        if (length > 0) frame[random.below(length)] = random.of(BYTES);
        return frame;
      case 2: // Cut short.
        return frame.subarray(0, random.below(length + 1));
      case 3: // Longer than it says.
        return Buffer.concat([frame, random.bytes(random.between(1, 64))]);
      case 4: // The count lies.
        if (length < 2) return frame;
        frame.writeUInt16BE(
          random.chance(0.5)
            ? random.below(0x10000)
            : (frame.readUInt16BE(0) + random.between(-2, 2)) & 0xffff,
        );
        return frame;
      case 5: // A length lies.
      case 6: {
        const at = random.of(lengthFields(frame));
        if (at !== undefined) frame.writeUInt16BE(random.of(LENGTHS), at);
        return frame;
      }
      case 7: {
        // A length reaches exactly to the end, one less or one more.
        const at = random.of(lengthFields(frame));
        if (at !== undefined) frame.writeUInt16BE(Math.max(0, length - at - 2 + random.between(-1, 1)), at);
        return frame;
      }
      case 8: {
        // The head of one, the tail of another.
        const other = random.of(this.#corpus);
        return Buffer.concat([
          frame.subarray(0, random.below(length + 1)),
          other.subarray(random.below(other.length + 1)),
        ]);
      }
      case 9: // Packets of two.
        return joined([frame, random.of(this.#corpus)]);
      case 10: {
        // A piece is missing, or there twice.
        const from = random.below(length + 1);
        const to = from + random.below(length - from + 1);
        const pieces = [
          frame.subarray(0, random.chance(0.5) ? from : to),
          frame.subarray(random.chance(0.5) ? from : to),
        ];
        return Buffer.concat(pieces);
      }
      default: {
        // A packet of any length, in the middle.
        const at = random.of(lengthFields(frame)) ?? length;
        const bytes = random.below(200);
        const packet = Buffer.concat([Buffer.alloc(2), random.bytes(bytes)]);
        packet.writeUInt16BE(bytes);
        return Buffer.concat([frame.subarray(0, at), packet, frame.subarray(at)]);
      }
    }
  }
}

/** Where the length fields lie, as far as the frame goes. */
function lengthFields(frame: Buffer): number[] {
  const fields: number[] = [];
  for (let at = 2; at + 2 <= frame.length; at += 2 + frame.readUInt16BE(at)) fields.push(at);
  return fields;
}

/** One frame of the packets of several, with the sum of their counts. */
function joined(frames: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(2);
  head.writeUInt16BE(
    frames.reduce((sum, frame) => sum + (frame.length < 2 ? 0 : frame.readUInt16BE(0)), 0) & 0xffff,
  );
  return Buffer.concat([head, ...frames.map((frame) => frame.subarray(2))]);
}

/** The smallest frame that still fails, found by leaving out ever smaller pieces. */
export function shrink(frame: Buffer, fails: (frame: Buffer) => boolean): Buffer {
  let best = frame;
  for (let size = frame.length >> 1; size > 0; size = size === 1 ? 0 : (size + 1) >> 1) {
    for (let at = 0; at + size <= best.length; ) {
      const shorter = Buffer.concat([best.subarray(0, at), best.subarray(at + size)]);
      if (fails(shorter)) best = shorter;
      else at += size;
    }
  }
  return best;
}

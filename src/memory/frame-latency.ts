import type { Arena } from './arena.ts';
import { epochNow } from './clock.ts';
import { LatencyHistogram } from './latency-histogram.ts';
import { RECORD_BYTES, RECORD_FRAME, RECORD_RECEIVED_AT } from './record-layout.ts';

// As constants of this file V8 knows them; imported ones are loaded for each record.
const STEP = RECORD_BYTES;
const FRAME = RECORD_FRAME;

/** Measures receive → read, once a frame: its records are published together, and a clock costs more than a record. */
export class FrameLatency {
  readonly #u32: Uint32Array;
  readonly #f64: Float64Array;
  readonly #histogram: LatencyHistogram;
  #frame = -1;

  /** @param place the reader's; its histogram starts anew */
  constructor(arena: Arena, place: number) {
    this.#u32 = arena.u32;
    this.#f64 = arena.f64;
    this.#histogram = new LatencyHistogram(arena, 1 + place);
    this.#histogram.clear();
  }

  /** Starts anew. */
  reset(): void {
    this.#histogram.clear();
  }

  /** The records from byte `from` to byte `to` are being read. */
  read(from: number, to: number): void {
    let now = 0;
    for (let record = from; record !== to; record += STEP) {
      const frame = this.#u32[(record + FRAME) >> 2]!;
      if (frame === this.#frame) continue;
      this.#frame = frame;
      if (now === 0) now = epochNow();
      this.#histogram.add(now - this.#f64[(record + RECORD_RECEIVED_AT) >> 3]!);
    }
  }
}

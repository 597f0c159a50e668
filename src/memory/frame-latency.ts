import type { Arena } from './arena.ts';
import { epochNow } from './clock.ts';
import { LatencyHistogram } from './latency-histogram.ts';
import { RECORD_FRAME, RECORD_RECEIVED_AT } from './record-layout.ts';

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

  /**
   * Measures, if it is another frame than the last one.
   *
   * @param record byte offset of one of its records
   * @returns the frame's number
   */
  read(record: number): number {
    const frame = this.#u32[(record + RECORD_FRAME) >> 2]!;
    if (frame === this.#frame) return frame;
    this.#frame = frame;
    this.#histogram.add(epochNow() - this.#f64[(record + RECORD_RECEIVED_AT) >> 3]!);
    return frame;
  }
}

import * as layout from './decoder-control-layout.ts';
import { Doorbell } from './doorbell.ts';

/** The few shared words between a decoder and its owner. */
export class DecoderControl {
  readonly buffer: SharedArrayBuffer;
  /** Where the decoder waits; arenas that it serves are created with `frameBell: control.bell.handle`. */
  readonly bell: Doorbell;
  readonly #i32: Int32Array;

  /** Makes new words, or attaches to those that another thread made. */
  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(layout.CONTROL_BYTES)) {
    this.buffer = buffer;
    this.bell = new Doorbell({ buffer, offset: layout.CONTROL_BELL });
    this.#i32 = new Int32Array(buffer);
  }

  /** Asks the decoder to stop, also when it is parked. */
  stop(): void {
    Atomics.store(this.#i32, layout.CONTROL_STOP >> 2, 1);
    this.bell.ringAlways();
  }

  /** Before a decoder is started again. */
  reset(): void {
    Atomics.store(this.#i32, layout.CONTROL_STOP >> 2, 0);
  }

  get stopped(): boolean {
    return Atomics.load(this.#i32, layout.CONTROL_STOP >> 2) !== 0;
  }

  /** Whether the decoder has taken up its work. Waitable: its bell is rung when this changes. */
  get serving(): boolean {
    return Atomics.load(this.#i32, layout.CONTROL_SERVING >> 2) !== 0;
  }

  /** For the decoder. */
  setServing(serving: boolean): void {
    Atomics.store(this.#i32, layout.CONTROL_SERVING >> 2, serving ? 1 : 0);
    this.bell.ringAlways();
  }
}

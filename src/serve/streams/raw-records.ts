import { RECORD_BYTES } from '../../memory/record-layout.ts';
import type { RecordMemory, RecordView } from '../../memory/record-view.ts';

/** A view that knows only where the record lies. */
export class RawRecord implements RecordView<RawRecord> {
  readonly #u8: Uint8Array;
  #offset = 0;

  constructor({ u8 }: RecordMemory) {
    this.#u8 = u8;
  }

  moveTo(offset: number): this {
    this.#offset = offset;
    return this;
  }

  copyTo(target: Uint8Array, at: number): void {
    target.set(this.#u8.subarray(this.#offset, this.#offset + RECORD_BYTES), at);
  }
}

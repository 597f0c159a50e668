/** Typed arrays over one buffer that holds records: an arena, or a copy. */
export interface RecordMemory {
  readonly u8: Uint8Array;
  readonly u16: Uint16Array;
  readonly i32: Int32Array;
  readonly u32: Uint32Array;
  readonly f64: Float64Array;
}

/**
 * A flyweight that reads a record where it lies; a venue's views implement it. Where records are of several kinds, it is what
 * chooses among their views.
 */
export interface RecordView<View> {
  /**
   * Points it at the record that starts at this byte of its memory, a multiple of 8, and answers the view of that record:
   * itself, if there is only one kind. Allocates nothing.
   */
  moveTo(offset: number): View;
}

/** Makes a view over a memory; it is moved before it is read. */
export type ViewFactory<View> = (memory: RecordMemory) => RecordView<View>;

/** Memory of its own for `bytes` of records, a multiple of 8. */
export function privateMemory(bytes: number): RecordMemory {
  const buffer = new ArrayBuffer(bytes);
  return {
    u8: new Uint8Array(buffer),
    u16: new Uint16Array(buffer),
    i32: new Int32Array(buffer),
    u32: new Uint32Array(buffer),
    f64: new Float64Array(buffer),
  };
}

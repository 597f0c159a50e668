/** Typed arrays over one buffer that holds records: an arena, or a copy. */
export interface RecordMemory {
  readonly u8: Uint8Array;
  readonly u16: Uint16Array;
  readonly i32: Int32Array;
  readonly u32: Uint32Array;
  readonly f64: Float64Array;
}

/** A flyweight that reads a record where it lies; a venue's views implement it. */
export interface RecordView {
  /** Points it at the record that starts at this byte of its memory, a multiple of 8. Allocates nothing. */
  moveTo(offset: number): void;
}

/** For venues with records of several kinds: moves the one of its views that fits the record, and names it. */
export interface ViewSelector<View extends RecordView> extends RecordView {
  /** The view of the record to which it was moved last. */
  readonly current: View;
}

/** Makes a view, or a selector of views, over a memory; it is moved before it is read. */
export type ViewFactory<View extends RecordView> = (memory: RecordMemory) => View | ViewSelector<View>;

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

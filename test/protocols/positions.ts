/** Positions are counters that wrap (invariant 5); here at 16 instead of 2^32. Rings hold two records. */
export const MODULUS = 16;
export const CAPACITY = 2;

/** Just below the wrap, so that every exploration passes it. */
export const START = MODULUS - 2;

/** `(position + by) >>> 0` */
export function wrap(position: number): number {
  return (position + MODULUS) % MODULUS;
}

/** `(to - from) >>> 0` */
export function distance(from: number, to: number): number {
  return wrap(to - from);
}

/** The two words of the slot of a position; a whole record has its position in both. */
export function slot(position: number): readonly [string, string] {
  const index = position % CAPACITY;
  return [`slot ${index} a`, `slot ${index} b`];
}

/** Slots with the records of the round before `START`. */
export function slotWords(): Record<string, number> {
  const words: Record<string, number> = {};
  for (let position = START - CAPACITY; position < START; position++) {
    for (const word of slot(position)) words[word] = position;
  }
  return words;
}

// Records and frames that can be foretold, for threads that write and read them as fast as they can.

/** Words of a record that the stress tests write. The third is the frame: read once a batch, it costs nothing. */
const WORDS = [12, 33, 63];

export function fill(u32, slot, position, batch) {
  const at = slot >> 2;
  u32[at] = position;
  u32[at + 2] = batch;
  for (const word of WORDS) u32[at + word] = Math.imul(position ^ word, 0x85ebca6b);
}

/** A view that knows whether its record is whole. */
export class StressView {
  #u32;
  #at = 0;

  constructor(memory) {
    this.#u32 = memory.u32;
  }

  moveTo(offset) {
    this.#at = offset >> 2;
    return this;
  }

  get number() {
    return this.#u32[this.#at];
  }

  get whole() {
    const position = this.number;
    for (const word of WORDS) {
      if (this.#u32[this.#at + word] !== Math.imul(position ^ word, 0x85ebca6b) >>> 0) return false;
    }
    return true;
  }
}

/** Small numbers that look random: the same for the same seed. */
export function sequence(seed) {
  let state = seed | 1;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}

export function mix(checksum, value) {
  return (Math.imul(checksum, 31) + value) | 0;
}

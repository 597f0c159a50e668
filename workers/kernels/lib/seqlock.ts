/** The writer's half of a seqlock: a uint32 that is odd while what it guards is written. */

/** Odd from here on. One that a predecessor left odd is taken up. */
export function beginWrite(sequence: usize): void {
  // A read-modify-write, which orders it before what is written then on weakly ordered processors too.
  atomic.xchg<u32>(sequence, load<u32>(sequence) | 1);
  // Where the exchange is a pair of instructions (Armv8.0), its store is ordered only before an atomic load.
  atomic.load<u32>(sequence);
}

/** Even again, and never 0, which says that nothing has been written yet. */
export function endWrite(sequence: usize): void {
  const written = load<u32>(sequence) + 1;
  atomic.store<u32>(sequence, written == 0 ? 2 : written);
}

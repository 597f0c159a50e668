const word = new Int32Array(new SharedArrayBuffer(4));
const never = new Int32Array(new SharedArrayBuffer(4));

/**
 * A full memory barrier. JavaScript has no fence, and on weakly ordered processors (Arm) plain loads may pass an
 * atomic load that follows them; a read-modify-write, here on a word that only this thread knows, keeps them apart.
 */
export function fence(): void {
  Atomics.add(word, 0, 1);
}

/** Sleeps for `milliseconds`, so that a thread that was preempted can go on. Blocks the thread: for rare cases only. */
export function nap(milliseconds: number): void {
  Atomics.wait(never, 0, 0, milliseconds);
}

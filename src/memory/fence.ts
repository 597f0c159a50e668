const word = new Int32Array(new SharedArrayBuffer(4));

/**
 * A full memory barrier. JavaScript has no fence, and on weakly ordered processors (Arm) plain loads may pass an
 * atomic load that follows them; a read-modify-write, here on a word that only this thread knows, keeps them apart.
 */
export function fence(): void {
  Atomics.add(word, 0, 1);
}

/** Fewer words than this are copied one by one; for more, the engine's own copying is worth a call. */
const FEW_WORDS = 256;

/**
 * Copies words from one place of an array, again and again. Allocates nothing as long as it is the same place, and as many words:
 * what the engine copies from has to be an array of its own, which is kept.
 */
export class WordCopy {
  #source: Int32Array | undefined;
  #from = 0;
  #words = 0;
  #part: Int32Array | undefined;

  copy(source: Int32Array, from: number, words: number, target: Int32Array, at: number): void {
    if (words <= FEW_WORDS) {
      for (let word = 0; word < words; word++) target[at + word] = source[from + word]!;
      return;
    }
    if (!this.#part || source !== this.#source || from !== this.#from || words !== this.#words) {
      this.#source = source;
      this.#from = from;
      this.#words = words;
      this.#part = source.subarray(from, from + words);
    }
    target.set(this.#part, at);
  }
}

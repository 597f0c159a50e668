import type { State, ThreadState } from './processor.ts';

/**
 * A word that is only added to, and what is compared with it. Only differences matter, so that states that differ by how often something
 * has been counted are one: after each move the word is made 0 again, and the others are moved by as much.
 */
export interface Counter {
  readonly word: string;
  /** Words that are subtracted from it. */
  readonly words: readonly string[];
  /** Words of threads' own, which are only asked whether they are equal to it: all that lie behind it are alike. */
  readonly own: readonly string[];
}

/** Makes the counters of a state 0; the state is the caller's, its threads are not. */
export function settleCounters(state: State, counters: readonly Counter[]): void {
  for (const counter of counters) {
    const by = countOf(state, counter.word);
    if (by === 0) continue;
    const words = new Set([counter.word, ...counter.words]);
    for (const word of words) state.memory[state.words.get(word)!]! -= by;
    for (const [index, thread] of state.threads.entries()) {
      state.threads[index] = moved(thread, by, words, counter.own);
    }
  }
}

function countOf({ words, memory }: State, word: string): number {
  return memory[words.get(word)!]!;
}

function moved(
  thread: ThreadState,
  by: number,
  words: ReadonlySet<string>,
  own: readonly string[],
): ThreadState {
  const known = own.filter((name) => typeof thread.own[name] === 'number');
  const values = known.map((name) => [name, Math.max(-1, (thread.own[name] as number) - by)]);
  const issued = thread.issued.map((access) =>
    words.has(access.word) ? { ...access, value: access.value - by } : access,
  );
  return { ...thread, own: { ...thread.own, ...Object.fromEntries(values) }, issued, key: '' };
}

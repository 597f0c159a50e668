/**
 * The memory of Arm, as V8 and its WebAssembly use it, told the way a processor does it: there is one memory that all see
 * alike, and each thread has a list of accesses that it has issued and that have not reached memory yet.
 *
 * - `write`, `readLate`: plain. They reach memory in any order, except that accesses to the same word keep theirs. A late
 *   read may be answered after an atomic load that follows it in the program, a write be seen before one that precedes it.
 * - `store`: Atomics.store (STLR). Reaches memory after all that this thread issued before it. Plain accesses that follow
 *   need not wait for it.
 * - `load`: Atomics.load (LDAR). Answered at once; waits for this thread's earlier atomic stores, not for plain accesses.
 * - `exchange`, `add`, `compareExchange`, `fence`: read-modify-writes. A `'single'` instruction (Armv8.1's SWPAL …, and
 *   x86) has all before it in memory before, and nothing after it starts sooner. Of the `'pair'` of Armv8.0 (LDAXR,
 *   STLXR) only the reading half keeps back what follows, and only the writing half waits for what came before.
 * - `wait` and `notify` take a lock in V8, which waits for earlier atomic stores; `wait` counts as a full barrier.
 *
 * Not in it: the early answer of a plain `read` whose value is used at once (use `readLate` where others write the word);
 * reordering by a compiler (V8 keeps accesses to shared buffers in order around atomics); values out of thin air; tearing
 * within a word; processors that are not multi-copy atomic; and time-outs, unless a protocol makes them a step.
 */

/** How a processor does read-modify-writes: in one instruction, or in a pair with something in between. */
export type ReadModifyWrite = 'single' | 'pair';

interface Access {
  readonly kind: 'read' | 'write' | 'store' | 'exclusive';
  readonly word: string;
  readonly value: number;
  /** Of a read: the thread's own word that its value goes to. */
  readonly register: string;
}

export interface ThreadState {
  readonly name: string;
  /** The step that comes next, or `'done'` or `'dead'`. */
  at: string;
  /** What only the thread knows: numbers and names of steps. */
  own: Record<string, unknown>;
  /** Accesses that have not reached memory; oldest first. */
  issued: readonly Access[];
  /** The word that it is parked on. */
  parkedOn: string;
  /** Tells states apart; made when it is first asked for. */
  key: string;
}

export interface State {
  /** Where each word is in memory. */
  readonly words: ReadonlyMap<string, number>;
  readonly memory: number[];
  readonly threads: ThreadState[];
}

/** Thrown by a step that cannot be made now; it is as if it had not been tried. */
export const NOT_NOW = Symbol('not now');

/** Thrown by a step that finds a property broken. */
export class Broken {
  readonly property: string;
  constructor(property: string) {
    this.property = property;
  }
}

/** What a step can do. Lives for one step; changes the state that it was given. */
export class Processor {
  /** What was done, in words, for traces. */
  readonly log: (string | number)[][] = [];
  readonly #state: State;
  readonly #me: ThreadState;
  readonly #pair: boolean;

  /** @param me its state, which it may change; of `state` it may change memory, and replace other threads */
  constructor(state: State, me: ThreadState, rmw: ReadModifyWrite) {
    this.#state = state;
    this.#me = me;
    this.#pair = rmw === 'pair';
  }

  /** A plain load of a word that nobody else writes now. */
  read(word: string): number {
    const mine = this.#newest(word);
    if (mine?.kind === 'read') throw NOT_NOW;
    return this.#answer('reads', word, mine ? mine.value : this.#memory(word));
  }

  /** A plain load whose value comes later, into one of the thread's own words. Use it after `answered()`. */
  readLate(word: string, register: string): void {
    const mine = this.#newest(word);
    if (mine && mine.kind !== 'read') this.#me.own[register] = this.#answer('reads', word, mine.value);
    else this.#issue('read', word, 0, register);
  }

  /** Waits until all late reads have their values. */
  answered(): void {
    if (this.#me.issued.some(({ kind }) => kind === 'read')) throw NOT_NOW;
  }

  write(word: string, value: number): void {
    this.#issue('write', word, value);
  }

  load(word: string): number {
    if (this.#me.issued.some(isOrdered)) throw NOT_NOW;
    const mine = this.#newest(word);
    if (mine?.kind === 'read') throw NOT_NOW;
    return this.#answer('loads', word, mine ? mine.value : this.#memory(word));
  }

  /** A loop of loads that ends when the value will do. */
  loadUntil(word: string, enough: (value: number) => boolean): number {
    const value = this.load(word);
    if (!enough(value)) throw NOT_NOW;
    return value;
  }

  store(word: string, value: number): void {
    this.#issue('store', word, value);
  }

  add(word: string, value: number): number {
    return this.#modify(word, (before) => before + value);
  }

  exchange(word: string, value: number): number {
    return this.#modify(word, () => value);
  }

  compareExchange(word: string, expected: number, value: number): number {
    return this.#modify(word, (before) => (before === expected ? value : before));
  }

  /** A read-modify-write of a word that only this thread knows. */
  fence(): void {
    if (!this.#pair) this.#settled();
    else if (this.#me.issued.some(isOrdered)) throw NOT_NOW;
    else this.#issue('exclusive', PRIVATE, 0);
    this.log.push(['fence']);
  }

  /** Atomics.wait: parks if the word has this value. */
  wait(word: string, value: number): void {
    this.#settled();
    if (this.#answer('waits on', word, this.#memory(word), `if ${value}`) === value) this.#me.parkedOn = word;
  }

  notify(word: string): void {
    if (this.#me.issued.some(isOrdered)) throw NOT_NOW;
    this.log.push(['notifies', word]);
    const { threads } = this.#state;
    for (const [index, other] of threads.entries()) {
      if (other.parkedOn === word) threads[index] = { ...other, parkedOn: '', key: '' };
    }
  }

  /** Waits until another thread has ended, all that it wrote included; answers how. */
  ended(name: string): string {
    const other = this.#state.threads.find((thread) => thread.name === name)!;
    if (!hasEnded(other) || other.issued.length > 0) throw NOT_NOW;
    return other.at;
  }

  /** Claims that a property holds here. */
  check(holds: boolean, property: string): void {
    if (!holds) throw new Broken(property);
  }

  #newest(word: string): Access | undefined {
    return this.#me.issued.findLast((access) => access.word === word);
  }

  #memory(word: string): number {
    return this.#state.memory[placeOf(this.#state, word)]!;
  }

  #answer(what: string, word: string, value: number, more = ''): number {
    this.log.push([what, word, value, more]);
    return value;
  }

  #issue(kind: Access['kind'], word: string, value: number, register = ''): void {
    placeOf(this.#state, word);
    if (kind === 'read') this.log.push(['issues a read of', word]);
    else if (kind !== 'exclusive') this.log.push(['issues', word, '=', value]);
    this.#me.issued = [...this.#me.issued, { kind, word, value, register }];
  }

  #settled(): void {
    if (this.#me.issued.length > 0) throw NOT_NOW;
  }

  #modify(word: string, change: (before: number) => number): number {
    if (!this.#pair) this.#settled();
    else if (this.#me.issued.some((access) => isOrdered(access) || access.word === word)) throw NOT_NOW;
    if (isReserved(this.#state, word)) throw NOT_NOW;
    const before = this.#memory(word);
    const value = change(before);
    this.log.push([word, before, 'becomes', value]);
    if (this.#pair) this.#issue('exclusive', word, value);
    else this.#state.memory[placeOf(this.#state, word)] = value;
    return before;
  }
}

/** Every memory has it: the word of fences, which nobody looks at. */
export const PRIVATE = 'private';

export function hasEnded({ at }: Readonly<ThreadState>): boolean {
  return at === 'done' || at === 'dead';
}

/** Lets one issued access reach memory; answers what happened, or undefined if its time has not come. */
export function reach(state: State, me: ThreadState, which: number): string | undefined {
  const access = me.issued[which]!;
  const { kind, word, value, register } = access;
  for (const older of me.issued.slice(0, which))
    if (isOrdered(access) || older.word === word) return undefined;
  if (kind !== 'read' && isReserved(state, word, me)) return undefined;
  me.issued = me.issued.toSpliced(which, 1);
  const place = placeOf(state, word);
  if (kind === 'read') {
    me.own[register] = state.memory[place];
    return `memory answers the read of ${word} with ${state.memory[place]}`;
  }
  if (word !== PRIVATE) state.memory[place] = value;
  return `${word} = ${value} reaches memory`;
}

function placeOf({ words }: State, word: string): number {
  const place = words.get(word);
  if (place === undefined) throw new Error(`${word} is not a word of this memory`);
  return place;
}

/** Waits for what is older, and holds up younger atomic accesses. */
function isOrdered({ kind }: Access): boolean {
  return kind === 'store' || kind === 'exclusive';
}

/** Whether another thread is between the two halves of a read-modify-write of this word. */
function isReserved({ threads }: State, word: string, me?: ThreadState): boolean {
  if (word === PRIVATE) return false;
  return threads.some(
    (other) =>
      other !== me && other.issued.some((access) => access.kind === 'exclusive' && access.word === word),
  );
}

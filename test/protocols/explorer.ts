/**
 * Runs a few small threads over a small shared memory in every order there is, with all that a weakly ordered processor
 * may do (see `processor.ts`). A thread is a table of named steps; a step makes at most one access to shared memory and
 * answers which step comes next. States that were seen before are not explored again. The search is breadth first, so
 * that the trace to a broken property is a shortest one.
 */
import { type Counter, settleCounters } from './counters.ts';
import {
  Broken,
  hasEnded,
  NOT_NOW,
  PRIVATE,
  Processor,
  type ReadModifyWrite,
  reach,
  type State,
  type ThreadState,
} from './processor.ts';

export type Step<Own> = (me: Processor, my: Own) => string;
export type Steps<Own> = Record<string, Step<Own>>;

export interface Thread {
  readonly name: string;
  readonly own: object;
  readonly steps: Steps<never>;
  /** May die before any of its steps but the first. */
  readonly mortal: boolean;
}

/** Words of shared memory by name, and threads. Each thread begins at the first of its steps and ends at `'done'`. */
export interface Protocol {
  readonly memory: Readonly<Record<string, number>>;
  readonly threads: readonly Thread[];
  readonly counters?: readonly Counter[];
}

export interface Exploration {
  readonly states: number;
  /** Whether everything there is was seen. */
  readonly complete: boolean;
  /** The property that does not hold. */
  readonly broken: string | undefined;
  /** The shortest way there, a line a move. */
  readonly trace: string;
}

/** @param own what only the thread knows: numbers, and names of steps */
export function thread<Own extends object>(
  name: string,
  own: Own,
  steps: Steps<Own>,
  options: { mortal?: boolean } = {},
): Thread {
  return { name, own, steps, mortal: options.mortal ?? false };
}

/** What is broken when nothing can move and a thread has not come to its end. */
export const NOBODY_WAITS_FOR_EVER = 'nobody waits for ever';

export interface ExploreOptions {
  rmw?: ReadModifyWrite;
  /** States after which to give up. */
  limit?: number;
}

/** Explores until everything is seen or a property is broken. */
export function explore(protocol: Protocol, options: ExploreOptions = {}): Exploration {
  const { rmw = 'single', limit = 1_000_000 } = options;
  const seen = new Set<string>();
  const numbers = new Map<string, number>();
  /** By number: a state until it has been explored, the number of the one before it, and the move from there. */
  const states: (State | undefined)[] = [];
  const parents: number[] = [];
  const moves: Move[] = [];

  function reached(state: State, parent: number, move: Move): void {
    const key = keyOf(state, numbers);
    if (seen.has(key)) return;
    seen.add(key);
    states.push(state);
    parents.push(parent);
    moves.push(move);
  }

  function result(complete: boolean, broken?: string, at = 0, last: readonly Move[] = []): Exploration {
    const path = [...last];
    for (let number = at; number > 0; number = parents[number]!) path.unshift(moves[number]!);
    return { states: states.length, complete, broken, trace: broken ? tell(protocol, path, rmw) : '' };
  }

  reached(firstState(protocol), -1, { thread: 0, what: STEPS });
  for (let number = 0; number < states.length; number++) {
    if (states.length > limit) return result(false);
    const state = states[number]!;
    states[number] = undefined;
    let stuck = true;
    for (let thread = 0; thread < protocol.threads.length; thread++) {
      const { issued } = state.threads[thread]!;
      for (let what = DIES; what < issued.length; what++) {
        const move = { thread, what };
        const made = make(protocol, state, move, rmw);
        if (!made) continue;
        if (made.broken !== undefined) return result(false, made.broken, number, [move]);
        // Nobody may count on a death.
        if (what !== DIES) stuck = false;
        reached(made.state, number, move);
      }
    }
    if (stuck && !state.threads.every(hasEnded)) {
      return result(false, NOBODY_WAITS_FOR_EVER, number);
    }
  }
  return result(true);
}

/** What a thread does: it dies, makes its next step, or lets the access of this number reach memory. */
interface Move {
  readonly thread: number;
  readonly what: number;
}

const DIES = -2;
const STEPS = -1;

interface Made {
  readonly state: State;
  /** What happened, for traces. */
  readonly told: () => string;
  readonly broken?: string;
}

/** The state after a move, or undefined if it cannot be made now. */
function make(
  { threads: programs, counters = [] }: Protocol,
  from: State,
  { thread, what }: Move,
  rmw: ReadModifyWrite,
): Made | undefined {
  const { name, steps, mortal } = programs[thread]!;
  const before = from.threads[thread]!;
  if (
    what < 0 &&
    (hasEnded(before) || (what === DIES ? !mortal || before.at === firstStep(steps) : before.parkedOn !== ''))
  )
    return undefined;
  const me = { ...before, own: { ...before.own }, key: '' };
  const { words, memory, threads } = from;
  const state = { words, memory: memory.slice(), threads: threads.with(thread, me) };
  if (what === DIES) {
    end(me, 'dead');
    return { state, told: () => `${name} dies` };
  }
  if (what !== STEPS) {
    const told = reach(state, me, what);
    if (told === undefined) return undefined;
    settleCounters(state, counters);
    return { state, told: () => `${name}: … ${told}` };
  }
  const step = steps[me.at] as Step<unknown> | undefined;
  if (!step) throw new Error(`${name} has no step ${me.at}`);
  const processor = new Processor(state, me, rmw);
  const told = () =>
    `${name}: ${before.at}${processor.log.map((did) => `\n    ${did.join(' ').trimEnd()}`).join('')}`;
  try {
    me.at = step(processor, me.own);
  } catch (thrown) {
    if (thrown === NOT_NOW) return undefined;
    if (thrown instanceof Broken) return { state, told, broken: thrown.property };
    throw thrown;
  }
  if (me.at === 'done') end(me, 'done');
  settleCounters(state, counters);
  return { state, told };
}

function firstStep(steps: Steps<never>): string {
  return Object.keys(steps)[0]!;
}

/** What it wrote still reaches memory; what it knew is gone. */
function end(me: ThreadState, how: 'done' | 'dead'): void {
  me.at = how;
  me.own = {};
  me.parkedOn = '';
  me.issued = me.issued.filter(({ kind }) => kind !== 'read');
}

function firstState({ memory, threads }: Protocol): State {
  const states = threads.map(({ name, own, steps }) => {
    return { name, at: firstStep(steps), own: { ...own }, issued: [], parkedOn: '', key: '' };
  });
  const words = [...Object.keys(memory), PRIVATE];
  return {
    words: new Map(words.map((word, place) => [word, place])),
    memory: words.map((word) => memory[word] ?? 0),
    threads: states,
  };
}

function keyOf({ memory, threads }: State, numbers: Map<string, number>): string {
  let key = memory.join();
  for (const thread of threads) {
    // A move changes one thread; the others keep their state, and its key.
    if (thread.key === '') thread.key = numberOf(describe(thread), numbers);
    key += thread.key;
  }
  return key;
}

/** A short name for a long one. */
function numberOf(text: string, numbers: Map<string, number>): string {
  let number = numbers.get(text);
  if (number === undefined) {
    number = numbers.size;
    numbers.set(text, number);
  }
  return `|${number}`;
}

function describe({ at, own, issued, parkedOn }: Readonly<ThreadState>): string {
  let text = `${at} ${parkedOn} ${Object.values(own).join()}`;
  for (const { kind, word, value, register } of issued) text += `;${kind} ${word} ${value} ${register}`;
  return text;
}

/** Makes the moves again and tells them. */
function tell(protocol: Protocol, path: readonly Move[], rmw: ReadModifyWrite): string {
  const lines: string[] = [];
  let state = firstState(protocol);
  for (const move of path) {
    const made = make(protocol, state, move, rmw)!;
    lines.push(made.told());
    state = made.state;
  }
  for (const { name, at, parkedOn } of state.threads.filter((me) => !hasEnded(me))) {
    lines.push(parkedOn === '' ? `${name} is at ${at}` : `${name} is parked on ${parkedOn}`);
  }
  return lines.join('\n');
}

import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, endianness } from 'node:os';
import type { CheckResult } from './check.ts';

/** The oldest Node.js that this package is made for. */
const LEAST_NODE = 20;

const KERNELS = new URL('../../../workers/kernels/', import.meta.url);

/** Rounds of looking at the clock. */
const CLOCK_ROUNDS = 2000;

/** µs; a clock that goes in larger steps cannot tell latencies apart. */
const COARSE_CLOCK = 10;

export function checkNode(): CheckResult {
  const found = `${process.version}, ${process.platform} ${process.arch}`;
  if (Number(process.versions.node.split('.')[0]) < LEAST_NODE) {
    return { name: 'Node.js', status: 'failed', found, advice: `Node.js ${LEAST_NODE} or newer is needed` };
  }
  return { name: 'Node.js', status: 'ok', found };
}

export function checkByteOrder(): CheckResult {
  const found = endianness() === 'LE' ? 'little-endian' : 'big-endian';
  if (found === 'little-endian') return { name: 'byte order', status: 'ok', found };
  return {
    name: 'byte order',
    status: 'failed',
    found,
    advice: 'records are little-endian; use another machine',
  };
}

export function checkCores(): CheckResult {
  const cores = availableParallelism();
  const [cpu] = cpus();
  const found = `${cores}${cpu ? ` × ${cpu.model.trim()}` : ''}`;
  const figures = { cores };
  if (cores >= 2) return { name: 'cores', status: 'ok', found, figures };
  const advice =
    'decoding is on a thread of its own: with one core, it and your program take turns; give it two';
  return { name: 'cores', status: 'warning', found, figures, advice };
}

export function checkSharedMemory(): CheckResult {
  const name = 'shared memory';
  try {
    const words = new Int32Array(new SharedArrayBuffer(8));
    Atomics.add(words, 0, 1);
    const waits = typeof Atomics.waitAsync === 'function';
    const pauses = typeof (Atomics as { pause?: unknown }).pause === 'function';
    const found = `SharedArrayBuffer, Atomics${waits ? ', waitAsync' : ''}${pauses ? ', pause' : ''}`;
    if (waits) return { name, status: 'ok', found };
    return { name, status: 'failed', found, advice: 'Atomics.waitAsync is needed: use a newer Node.js' };
  } catch (error) {
    const advice = 'start node without flags that turn SharedArrayBuffer off';
    return { name, status: 'failed', found: (error as Error).message, advice };
  }
}

/** Takes the kernels that this package ships: they use SIMD and shared memory, and are what has to run. */
export function checkKernels(venues: readonly string[]): CheckResult {
  const name = 'WebAssembly';
  try {
    for (const venue of venues) {
      new WebAssembly.Module(readFileSync(new URL(`${venue}.wasm`, KERNELS)));
    }
    // As large as an arena: address space, most of which is never used.
    new WebAssembly.Memory({ initial: 1, maximum: 1024, shared: true });
    return { name, status: 'ok', found: `SIMD, threads; kernels of ${venues.join(', ')} compile` };
  } catch (error) {
    const advice = 'SIMD, threads and a few hundred MiB of address space are needed (see ulimit -v)';
    return { name, status: 'failed', found: (error as Error).message, advice };
  }
}

/** In how large steps the clock goes that latencies are measured by. */
export function checkClock(): CheckResult {
  const steps: number[] = [];
  let before = performance.now();
  for (let round = 0; round < CLOCK_ROUNDS; round++) {
    let now = performance.now();
    while (now === before) now = performance.now();
    steps.push((now - before) * 1000);
    before = now;
  }
  steps.sort((a, b) => a - b);
  const step = steps[CLOCK_ROUNDS >> 1]!;
  const figures = { stepMicros: step };
  const found = `goes in steps of ${step.toFixed(2)} µs`;
  if (step <= COARSE_CLOCK) return { name: 'clock', status: 'ok', found, figures };
  const advice =
    'latencies below that cannot be told apart; on a virtual machine, choose the clock source tsc';
  return { name: 'clock', status: 'warning', found, figures, advice };
}

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Doorbell } from 'tickring/memory';
import { describe, expect, it } from 'vitest';
import { runThread, startThread, until } from '../support/memory.ts';

function bellAt(offset = 0, buffer = new SharedArrayBuffer(512)): Doorbell {
  return new Doorbell({ buffer, offset });
}

/** Two bells and two words, each on a line of its own. */
function court() {
  const buffer = new SharedArrayBuffer(512);
  const [ping, pong] = [bellAt(0, buffer), bellAt(128, buffer)];
  const words = new Int32Array(buffer, 256, 2);
  return { ping, pong, words, data: { pingBell: ping.handle, pongBell: pong.handle, words } };
}

describe('a doorbell', () => {
  it('does not notify when nobody is parked', () => {
    const bell = bellAt();
    for (let i = 0; i < 5; i++) bell.ring();
    expect(bell.counts).toEqual({ parks: 0, rings: 0 });
  });

  it('is neither announced at nor parked at when what is waited for is there', async () => {
    const bell = bellAt();
    expect(bell.waitSync(() => true)).toBe(true);
    expect(bell.waitSync(() => true, 0)).toBe(true);
    expect(await bell.wait(() => true)).toBe(true);
    expect(await bell.wait(() => true, 0)).toBe(true);
    expect(bell.counts.parks).toBe(0);
    expect(bell.parked).toBe(0);
  });

  it('rings without looking when it is told to', () => {
    const bell = bellAt();
    bell.ringAlways();
    expect(bell.counts.rings).toBe(1);
  });

  it('looks once more after announcing, before it parks', () => {
    const bell = bellAt();
    expect(bell.waitSync(() => bell.parked === 1, 1000, 0)).toBe(true);
    expect(bell.counts.parks).toBe(0);
    expect(bell.parked).toBe(0);
  });

  it('stops waiting when the time is up', async () => {
    const bell = bellAt();
    expect(bell.waitSync(() => false, 0)).toBe(false);
    expect(bell.waitSync(() => false, 2)).toBe(false);
    expect(bell.waitSync(() => false, 2, 0)).toBe(false);
    expect(await bell.wait(() => false, 0)).toBe(false);
    expect(await bell.wait(() => false, 2)).toBe(false);
    expect(bell.parked).toBe(0);
  });

  it('answers what is there when the time is up', () => {
    const bell = bellAt();
    let looks = 0;
    expect(bell.waitSync(() => ++looks === 3, 2, 0)).toBe(false);
    expect(looks).toBe(2);
    looks = 1;
    expect(bell.waitSync(() => ++looks === 3, 2, 0)).toBe(true);
  });

  it('stops waiting when it is aborted, before or meanwhile', async () => {
    const bell = bellAt();
    expect(await bell.wait(() => false, undefined, AbortSignal.abort())).toBe(false);
    const controller = new AbortController();
    const waiting = bell.wait(() => false, undefined, controller.signal);
    expect(bell.parked).toBe(1);
    controller.abort();
    expect(await waiting).toBe(false);
    expect(bell.parked).toBe(0);
  });

  it('wakes a wait that follows one that timed out or was aborted', async () => {
    const bell = bellAt();
    await bell.wait(() => false, 1);
    await bell.wait(() => false, undefined, AbortSignal.timeout(1));
    let ready = false;
    const waiting = bell.wait(() => ready);
    ready = true;
    bell.ring();
    expect(await waiting).toBe(true);
    expect(bell.counts.rings).toBe(1);
  });

  it('leaves one waiter behind at most, however often a wait times out', async () => {
    const bell = bellAt();
    for (let i = 0; i < 5; i++) await bell.wait(() => false, 1);
    expect(Atomics.notify(new Int32Array(bell.handle.buffer), 0)).toBe(1);
  });

  it('wakes all waits of one thread at once, and each goes on until its own condition holds', async () => {
    const bell = bellAt();
    let ready = 0;
    const waits = [1, 2, 3].map((needed) => bell.wait(() => ready >= needed));
    const settled: number[] = [];
    for (const [i, wait] of waits.entries()) wait.then(() => settled.push(i));
    for (const [i, wait] of waits.entries()) {
      expect(bell.parked).toBe(3 - i);
      ready += 1;
      bell.ring();
      expect(await wait).toBe(true);
      expect(settled).toHaveLength(i + 1);
      // The others announce themselves again.
      await until(() => bell.parked === 2 - i);
    }
    expect(bell.parked).toBe(0);
  });

  it('keeps a wait through rings that do not concern it', async () => {
    const bell = bellAt();
    let ready = false;
    const waiting = bell.wait(() => ready);
    for (let i = 1; i <= 10; i++) {
      bell.ring();
      await until(() => bell.counts.parks > i);
    }
    ready = true;
    bell.ring();
    expect(await waiting).toBe(true);
  });

  it('that throws in its condition passes that on and stays usable', async () => {
    const bell = bellAt();
    const fail = () => {
      throw new Error('of the condition');
    };
    expect(() => bell.waitSync(fail, 10, 0)).toThrow('of the condition');
    await expect(bell.wait(fail)).rejects.toThrow('of the condition');
    let looks = 0;
    await expect(bell.wait(() => (++looks > 1 ? fail() : false))).rejects.toThrow('of the condition');
    expect(bell.parked).toBe(0);
  });

  it('wakes every thread that is parked at it', async () => {
    const { ping, words } = court();
    const threads = [1, 2, 3].map(() => startThread<boolean>('waiter', { bell: ping.handle, words }));
    await until(() => ping.parked === 3 && ping.counts.parks === 3);
    Atomics.store(words, 0, 1);
    ping.ring();
    expect(await Promise.all(threads.map(({ result }) => result))).toEqual([true, true, true]);
    expect(ping.counts).toEqual({ parks: 3, rings: 1 });
    expect(ping.parked).toBe(0);
  });

  it('of a thread that was ended while parked costs rings, and loses none', async () => {
    const { ping, words } = court();
    const { worker } = startThread('waiter', { bell: ping.handle, words });
    await until(() => ping.counts.parks === 1);
    await worker.terminate();
    const heir = startThread<boolean>('waiter', { bell: ping.handle, words });
    await until(() => ping.counts.parks === 2);
    Atomics.store(words, 0, 1);
    ping.ring();
    expect(await heir.result).toBe(true);
  });
});

describe('between two threads no wake-up is lost', () => {
  it.each([
    [100_000, 0],
    [100_000, 30],
  ])('in %i rounds with %i spins before each park', async (rounds, spins) => {
    const { ping, pong, data } = court();
    const answers = await Promise.all([
      runThread<number>('ping-pong', { ...data, rounds, spins }),
      runThread<number>('pinger', { ...data, rounds, spins }),
    ]);
    expect(answers).toEqual([rounds, rounds]);
    if (spins === 0) expect(ping.counts.parks + pong.counts.parks).toBeGreaterThan(1000);
    expect([ping.parked, pong.parked]).toEqual([0, 0]);
  });

  it('in 5000 rounds of which one side waits without blocking', async () => {
    const { ping, pong, words, data } = court();
    const rounds = 5000;
    const { result } = startThread<number>('ping-pong', { ...data, rounds, spins: 0 });
    for (let round = 1; round <= rounds; round++) {
      Atomics.store(words, 0, round);
      ping.ring();
      const answered = await pong.wait(() => Atomics.load(words, 1) === round, 30_000);
      if (!answered) throw new Error(`round ${round} is not answered`);
    }
    expect(await result).toBe(rounds);
    expect([ping.parked, pong.parked]).toEqual([0, 0]);
  });
});

describe('a process that does nothing but wait', () => {
  const run = async (...args: string[]) => {
    const program = fileURLToPath(new URL('../support/threads/only-waits.js', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [program, ...args]);
    return stdout;
  };

  it('stays alive until the bell is rung, and then ends by itself', async () => {
    expect(await run()).toBe('true empty ');
  });

  it('ends by itself once its time is up', async () => {
    expect(await run('--timeout')).toBe('false empty ');
  });
});

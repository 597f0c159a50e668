import { Arena, type ArenaHandle, type ArenaOptions, Doorbell } from 'tickring/memory';
import { describe, expect, it } from 'vitest';
import { runThread } from '../support/memory.ts';
import { arenaLayout } from '../support/memory-internals.ts';

const SMALL: ArenaOptions = { frameRingBytes: 256, recordSlots: 2, latestInstruments: 2 };

function codeError(code: string, message: RegExp) {
  return expect.objectContaining({ code, message: expect.stringMatching(message) });
}

describe('an arena', () => {
  it('is of the venue and connection that it was made for', () => {
    const arena = Arena.create({ ...SMALL, venue: 7, connection: 65_535 });
    const attached = Arena.attach(arena.handle);
    expect([attached.venue, attached.connection]).toEqual([7, 65_535]);
    expect(attached.buffer).toBe(arena.buffer);
  });

  it('is attached to by another thread through its structured-cloned handle', async () => {
    const arena = Arena.create({ ...SMALL, venue: 3, connection: 9 });
    const at = arena.buffer.byteLength - 4;
    arena.u32[at >> 2] = 0x12345678;
    const seen = await runThread('attach', { handle: arena.handle, read: at, write: at - 4 });
    expect(seen).toEqual({ venue: 3, connection: 9, closed: false, word: 0x12345678 });
    expect(arena.u32[(at - 4) >> 2]).toBe(0x87654321);
  });

  it('hands on the bells that it shares with other arenas', async () => {
    const bell = new Doorbell({ buffer: new SharedArrayBuffer(128), offset: 0 });
    const arena = Arena.create({ ...SMALL, recordBell: bell.handle });
    await runThread('attach', {
      handle: arena.handle,
      read: 0,
      write: arena.buffer.byteLength - 4,
      ring: true,
    });
    expect(bell.counts.rings).toBe(1);
  });

  it('is closed for everyone once its owner closes it, and wakes those who wait', async () => {
    const arena = Arena.create(SMALL);
    const attached = Arena.attach(structuredClone(arena.handle));
    expect(attached.closed).toBe(false);
    const waits = [attached.frameBell, attached.recordBell, attached.spaceBell].map((bell) =>
      bell.wait(() => attached.closed),
    );
    arena.close();
    expect(await Promise.all(waits)).toEqual([true, true, true]);
  });
});

describe('attaching', () => {
  it('to another layout version fails and names both', () => {
    const arena = Arena.create(SMALL);
    arena.u32[arenaLayout.HEADER_VERSION >> 2] = 99;
    expect(() => Arena.attach(arena.handle)).toThrow(
      codeError('ERR_TICKRING_ATTACH', /layout version 99\b.*reads version 4\b/),
    );
  });

  it('to a foreign SharedArrayBuffer fails and shows its first word', () => {
    const buffer = new SharedArrayBuffer(65_536);
    new Uint32Array(buffer)[0] = 0xabc;
    expect(() => Arena.attach(handleOf(buffer))).toThrow(
      codeError('ERR_TICKRING_ATTACH', /first word is 0x00000abc/),
    );
  });

  it('to memory that nobody made an arena in fails', () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    expect(() => Arena.attach(handleOf(memory.buffer))).toThrow(
      codeError('ERR_TICKRING_ATTACH', /first word is 0x00000000/),
    );
  });

  it.each([0, 4, 255])('to %i bytes of shared memory fails for want of a header', (bytes) => {
    expect(() => Arena.attach(handleOf(new SharedArrayBuffer(bytes)))).toThrow(
      codeError('ERR_TICKRING_ATTACH', new RegExp(`${bytes} bytes are less than an arena's header`)),
    );
  });

  it.each([
    ['an ArrayBuffer', handleOf(new ArrayBuffer(65_536))],
    ['a bare SharedArrayBuffer', new SharedArrayBuffer(65_536)],
    ['an empty object', {}],
    ['undefined', undefined],
    ['null', null],
  ])('to %s fails and says what a handle is', (_, handle) => {
    expect(() => Arena.attach(handle as ArenaHandle)).toThrow(
      codeError('ERR_TICKRING_ATTACH', /no arena handle.*pass arena\.handle/),
    );
  });

  it('to a truncated arena fails and names both sizes', () => {
    const arena = Arena.create(SMALL);
    const whole = arena.buffer.byteLength;
    const cut = new SharedArrayBuffer(whole - 8);
    new Uint8Array(cut).set(arena.u8.subarray(0, whole - 8));
    expect(() => Arena.attach(handleOf(cut))).toThrow(
      codeError('ERR_TICKRING_ATTACH', new RegExp(`truncated.*${whole} bytes.*${whole - 8}`)),
    );
  });

  it('fails with an error that names itself', () => {
    expect(() => Arena.attach(undefined as unknown as ArenaHandle)).toThrow(
      expect.objectContaining({ name: 'AttachError' }),
    );
  });
});

describe('making an arena', () => {
  const bad: [keyof ArenaOptions, number][] = (
    [
      ['frameRingBytes', [0, 128, 300, -256, 256.5, 2 ** 30, Number.NaN, Number.POSITIVE_INFINITY]],
      ['recordSlots', [0, 1, 3, -2, 2.5, 2 ** 22, Number.NaN]],
      ['latestInstruments', [1, 3, -2, 0.5, 2 ** 21, Number.NaN]],
      ['startPosition', [1, 4, 7.5, Number.NaN, Number.POSITIVE_INFINITY]],
    ] as const
  ).flatMap(([option, values]) => values.map((value): [keyof ArenaOptions, number] => [option, value]));

  it.each(bad)('with %s of %d is refused', (option, value) => {
    expect(() => Arena.create({ ...SMALL, [option]: value })).toThrow(
      codeError('ERR_TICKRING_ARGUMENT', new RegExp(`^${option} must be .*not ${value}`)),
    );
  });

  it('of the smallest sizes works', () => {
    expect(() => Arena.create({ frameRingBytes: 256, recordSlots: 2, latestInstruments: 0 })).not.toThrow();
  });
});

function handleOf(buffer: ArrayBufferLike): ArenaHandle {
  return { memory: { buffer }, frameBell: undefined, recordBell: undefined };
}

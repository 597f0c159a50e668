import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as ws from 'ws';
import { MessageSplitter } from '../support/feed-internals.ts';
import { type FrameParts, OPCODE, websocketFrame } from '../support/websocket-frames.ts';

const BUFFER = 1024;
const LIMIT = 4096;

/** What `ws` makes of a stream, as far as it has been given it. */
class Receiver {
  readonly seen: string[] = [];
  #concluded = false;
  readonly #receiver = new (ws as unknown as { Receiver: ReceiverType }).Receiver({
    isServer: false,
    maxPayload: LIMIT,
    skipUTF8Validation: true,
  });

  constructor() {
    this.#receiver.on('message', (data, isBinary) => this.seen.push(told(data, isBinary)));
    for (const name of ['ping', 'pong'] as const) {
      this.#receiver.on(name, (data) => this.seen.push(`${name} ${data.toString('hex')}`));
    }
    this.#receiver.on('conclude', (code) => {
      this.seen.push(`close ${code}`);
      this.#concluded = true;
    });
    // It is looked at where it happens, below; this event comes later.
    this.#receiver.on('error', () => {});
  }

  write(bytes: Uint8Array): void {
    // A client does not read on after either.
    if (this.#concluded || this.#receiver.errored) return;
    this.#receiver.write(Buffer.from(bytes));
    if (this.#receiver.errored) this.seen.push('error');
  }
}

type ReceiverType = new (
  options: object,
) => {
  on(name: 'message', listener: (data: Buffer, isBinary: boolean) => void): void;
  on(name: 'ping' | 'pong', listener: (data: Buffer) => void): void;
  on(name: 'conclude', listener: (code: number) => void): void;
  on(name: 'error', listener: () => void): void;
  write(bytes: Buffer): void;
  readonly errored: Error | null;
};

function told(data: Uint8Array, isBinary: boolean): string {
  return `${isBinary ? 'binary' : 'text'} ${Buffer.from(data).toString('hex')}`;
}

/** Reads a stream as a socket would, in pieces that end at these places, and hands on the rest to `ws`. */
function read(stream: Uint8Array, cuts: readonly number[], isDirect: () => boolean = () => true) {
  const buffer = new Uint8Array(BUFFER);
  const receiver = new Receiver();
  let taken = 0;
  const splitter = new MessageSplitter(buffer, LIMIT, {
    message: (payload, isBinary) => {
      taken += 1;
      receiver.seen.push(told(payload, isBinary));
    },
    rest: (bytes) => {
      expect(bytes.length).toBeGreaterThan(0);
      receiver.write(bytes);
    },
  });
  let kept = 0;
  let at = 0;
  for (const cut of [...cuts, stream.length]) {
    while (at < cut) {
      const bytes = Math.min(cut - at, BUFFER - kept);
      expect(bytes, 'there is room to read more').toBeGreaterThan(0);
      buffer.set(stream.subarray(at, at + bytes), kept);
      at += bytes;
      splitter.direct = isDirect();
      const stopped = splitter.split(0, kept + bytes);
      buffer.copyWithin(0, stopped, kept + bytes);
      kept += bytes - stopped;
    }
  }
  return { seen: receiver.seen, taken, kept };
}

/** All of it by `ws`. */
function readByWs(stream: Uint8Array): readonly string[] {
  const receiver = new Receiver();
  receiver.write(stream);
  return receiver.seen;
}

const size = fc.oneof(
  { weight: 6, arbitrary: fc.nat(40) },
  { weight: 2, arbitrary: fc.integer({ min: 100, max: 300 }) },
  { weight: 1, arbitrary: fc.integer({ min: BUFFER - 20, max: BUFFER + 20 }) },
  { weight: 1, arbitrary: fc.integer({ min: BUFFER, max: LIMIT }) },
);
const payload = fc.tuple(size, fc.nat(255)).map(([length, byte]) => new Uint8Array(length).fill(byte));
const small = fc.uint8Array({ maxLength: 125 });
const dataOpcode = fc.constantFrom(OPCODE.text, OPCODE.binary);
const controlOpcode = fc.constantFrom(OPCODE.ping, OPCODE.pong);

const control: fc.Arbitrary<FrameParts> = fc.record({ opcode: controlOpcode, payload: small });
const message = fc.record({ opcode: dataOpcode, payload }).map((frame): FrameParts[] => [frame]);
/** Fragments with control frames between them. */
const fragments = fc
  .tuple(dataOpcode, fc.array(fc.tuple(small, fc.option(control)), { minLength: 2, maxLength: 4 }))
  .map(([opcode, parts]): FrameParts[] =>
    parts.flatMap(([part, between], index): FrameParts[] => {
      const final = index === parts.length - 1;
      const frame = { opcode: index === 0 ? opcode : OPCODE.continuation, payload: part, final };
      return between && !final ? [frame, between] : [frame];
    }),
  );
const allowed = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: message },
      fragments,
      control.map((frame) => [frame]),
    ),
    { maxLength: 12 },
  )
  .map((frames) => frames.flat());

/** What ends a connection. */
const end: fc.Arbitrary<FrameParts> = fc.oneof(
  fc.constant({ opcode: OPCODE.close, payload: Uint8Array.of(3, 232) }),
  fc.record({ opcode: dataOpcode, payload: small, masked: fc.constant(true) }),
  fc.record({ opcode: dataOpcode, payload: small, reserved: fc.constantFrom(0x10, 0x20, 0x40) }),
  fc.record({ opcode: fc.constantFrom(3, 7, 11, 15), payload: small }),
  fc.record({ opcode: controlOpcode, payload: small, final: fc.constant(false) }),
  fc.record({ opcode: controlOpcode, payload: fc.constant(new Uint8Array(126)) }),
  fc.record({ opcode: fc.constant(OPCODE.continuation), payload: small }),
  fc.constant({ opcode: OPCODE.binary, payload: new Uint8Array(LIMIT + 1) }),
);

const streamOf = (frames: readonly FrameParts[]) => Buffer.concat(frames.map(websocketFrame));
const cutsOf = (parts: readonly number[], length: number) =>
  parts.map((part) => Math.floor(part * length)).sort((a, b) => a - b);
const cutPlaces = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 });

describe('messages are split off as ws reads them', () => {
  test('wherever the stream is cut', () => {
    fc.assert(
      fc.property(allowed, cutPlaces, (frames, parts) => {
        const stream = streamOf(frames);
        const { seen, taken, kept } = read(stream, cutsOf(parts, stream.length));
        expect(seen).toEqual(readByWs(stream));
        expect(kept).toBe(0);
        const whole = frames.filter(
          ({ opcode, payload: { length }, final = true }) =>
            final && (opcode === OPCODE.text || opcode === OPCODE.binary) && length <= BUFFER - 10,
        );
        expect(taken, 'all that lie in the buffer as a whole are taken out').toBe(whole.length);
      }),
    );
  });

  test('up to what ends the connection, behind which nothing is taken out', () => {
    fc.assert(
      fc.property(allowed, end, allowed, cutPlaces, (before, last, after, parts) => {
        const stream = streamOf([...before, last, ...after]);
        const { seen, taken } = read(stream, cutsOf(parts, stream.length));
        expect(seen).toEqual(readByWs(stream));
        expect(taken).toBeLessThanOrEqual(before.length);
      }),
    );
  });

  test('in order, when they have to go with the rest at times', () => {
    fc.assert(
      fc.property(allowed, cutPlaces, fc.infiniteStream(fc.boolean()), (frames, parts, direct) => {
        const stream = streamOf(frames);
        const { seen } = read(stream, cutsOf(parts, stream.length), () => direct.next().value as boolean);
        expect(seen).toEqual(readByWs(stream));
      }),
    );
  });

  test('whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), cutPlaces, (stream, parts) => {
        const { seen, kept } = read(stream, cutsOf(parts, stream.length));
        const expected = readByWs(stream);
        // What it keeps is the beginning of something, of which `ws` may know already that it is not allowed.
        if (kept === 0) expect(seen).toEqual(expected);
        else expect(expected.slice(0, seen.length)).toEqual(seen);
      }),
    );
  });
});

import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { DirectSocket } from '../support/feed-internals.ts';
import { RawServer, upgradeAnswer } from '../support/feed-server.ts';
import { type FrameParts, OPCODE, websocketFrame } from '../support/websocket-frames.ts';

const LIMIT = 2 ** 20;
const END = { opcode: OPCODE.close, payload: Uint8Array.of(3, 232) };

/** A server that answers the upgrade with this before it, and goes on with a stream, in pieces of these sizes in turn. */
function serverOf(before: string, stream: Uint8Array, pieces: readonly number[]): Promise<RawServer> {
  return RawServer.listen(async (socket, head) => {
    const bytes = Buffer.concat([Buffer.from(before + upgradeAnswer(head)), stream]);
    for (let at = 0, nth = 0; at < bytes.length && !socket.destroyed; nth++) {
      const size = pieces[nth % pieces.length]!;
      if (!socket.write(bytes.subarray(at, at + size))) await once(socket, 'drain').catch(() => {});
      at += size;
      await nextTurn();
    }
  });
}

/** What a client sees until it is closed, and how many messages it was given straight from the buffer. */
async function read(url: string, pauseAfter = Number.POSITIVE_INFINITY) {
  const seen: string[] = [];
  let taken = 0;
  let paused = false;
  const see = (data: Uint8Array, isBinary: boolean) => {
    seen.push(`${isBinary ? 'binary' : 'text'} ${data.length} ${data[0]} ${data.at(-1)}`);
    if (seen.length % pauseAfter !== 0 || paused) return;
    paused = true;
    client.pause();
    setImmediate(() => {
      paused = false;
      client.resume();
    });
  };
  const direct = new DirectSocket(false, LIMIT, (data, isBinary, receivedAt) => {
    taken += 1;
    expect(Math.abs(Date.now() - receivedAt)).toBeLessThan(60_000);
    see(data, isBinary);
  });
  const client = new WebSocket(url, {
    createConnection: direct.createConnection as never,
    perMessageDeflate: false,
    skipUTF8Validation: true,
    maxPayload: LIMIT,
  });
  direct.serve(client);
  client.on('message', (data: Buffer, isBinary) => see(data, isBinary));
  client.on('ping', (data) => seen.push(`ping ${data.length}`));
  client.on('error', (error) => seen.push((error as NodeJS.ErrnoException).code ?? error.message));
  const code = await new Promise<number>((resolve) => client.on('close', resolve));
  seen.push(`closed ${code}`);
  return { seen, taken };
}

function messagesOf(frames: readonly FrameParts[]): string[] {
  const seen: string[] = [];
  let parts: Uint8Array[] = [];
  let opcode = 0;
  for (const { opcode: code, payload, final = true } of frames) {
    if (code === OPCODE.ping) seen.push(`ping ${payload.length}`);
    else {
      if (code !== OPCODE.continuation) opcode = code;
      parts.push(payload);
      if (!final) continue;
      const data = Buffer.concat(parts);
      seen.push(`${opcode === OPCODE.binary ? 'binary' : 'text'} ${data.length} ${data[0]} ${data.at(-1)}`);
      parts = [];
    }
  }
  return seen;
}

const payload = fc
  .tuple(
    fc.oneof(
      { weight: 8, arbitrary: fc.integer({ min: 1, max: 2000 }) },
      fc.integer({ min: 1, max: 400_000 }),
    ),
    fc.nat(255),
  )
  .map(([length, byte]) => new Uint8Array(length).fill(byte));
const opcode = fc.constantFrom(OPCODE.text, OPCODE.binary);
const frames: fc.Arbitrary<FrameParts[]> = fc
  .array(
    fc.oneof(
      { weight: 8, arbitrary: fc.record({ opcode, payload }).map((frame): FrameParts[] => [frame]) },
      fc
        .record({ opcode: fc.constant(OPCODE.ping), payload: fc.uint8Array({ maxLength: 100 }) })
        .map((frame) => [frame]),
      fc.tuple(opcode, fc.array(payload, { minLength: 2, maxLength: 3 })).map(([code, parts]) =>
        parts.map((part, index) => ({
          opcode: index === 0 ? code : OPCODE.continuation,
          payload: part,
          final: index === parts.length - 1,
        })),
      ),
    ),
    { minLength: 1, maxLength: 25 },
  )
  .map((parts) => parts.flat());
const pieces = fc.array(fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 300_000 })), {
  minLength: 3,
  maxLength: 10,
});
/** So that a large stream does not come byte by byte. */
const sizes = pieces.map((some) => [...some, 100_000]);

describe('a socket that is read directly', () => {
  test('brings what was sent, in order, however it was cut up and whenever it is paused', async () => {
    await fc.assert(
      fc.asyncProperty(frames, sizes, fc.constantFrom(1, 2, 5, 1000), async (sent, cut, pauseAfter) => {
        await using server = await serverOf('', Buffer.concat([...sent, END].map(websocketFrame)), cut);
        const { seen } = await read(server.url, pauseAfter);
        expect(seen).toEqual([...messagesOf(sent), 'closed 1000']);
      }),
      { numRuns: 60 },
    );
  });

  test('takes messages that come right behind the handshake, and after early hints', async () => {
    const sent = [1, 2, 3].map((byte) => ({ opcode: OPCODE.binary, payload: Uint8Array.of(byte) }));
    const stream = Buffer.concat([...sent, END].map(websocketFrame));
    const hints = 'HTTP/1.1 103 Early Hints\r\nLink: </>\r\n\r\n';
    for (const [before, cut] of [
      ['', 10_000],
      [hints, 10_000],
      [hints, 1],
    ] as const) {
      await using server = await serverOf(before, stream, [cut]);
      const { seen, taken } = await read(server.url);
      expect(seen).toEqual([...messagesOf(sent), 'closed 1000']);
      expect(taken).toBe(3);
    }
  });

  test('gives the body of an answer that refuses the upgrade to ws', async () => {
    await using server = await RawServer.listen((socket) => {
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 4\r\nConnection: close\r\n\r\nno\r\n');
    });
    const { seen } = await read(server.url);
    expect(seen).toEqual(['Unexpected server response: 403', 'closed 1006']);
  });

  test.each<[string, FrameParts, string, number]>([
    [
      'a masked frame',
      { opcode: OPCODE.text, payload: Uint8Array.of(1), masked: true },
      'WS_ERR_UNEXPECTED_MASK',
      1006,
    ],
    [
      'a reserved bit',
      { opcode: OPCODE.text, payload: Uint8Array.of(1), reserved: 0x40 },
      'WS_ERR_UNEXPECTED_RSV_1',
      1006,
    ],
    [
      'a message beyond the limit',
      { opcode: OPCODE.text, payload: new Uint8Array(LIMIT + 1) },
      'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH',
      1006,
    ],
    [
      'a continuation of nothing',
      { opcode: OPCODE.continuation, payload: Uint8Array.of(1) },
      'WS_ERR_INVALID_OPCODE',
      1006,
    ],
  ])('lets ws refuse %s, and brings nothing that comes behind it', async (_, frame, error, code) => {
    const good = { opcode: OPCODE.text, payload: Uint8Array.of(7) };
    await using server = await serverOf(
      '',
      Buffer.concat([good, frame, good, good].map(websocketFrame)),
      [50_000],
    );
    const { seen } = await read(server.url);
    expect(seen).toEqual([...messagesOf([good]), error, `closed ${code}`]);
  });
});

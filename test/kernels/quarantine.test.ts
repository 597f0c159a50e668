import type { TickView } from 'tickring/kite';
import { Arena, Counters, FRAME_KIND_BINARY, FrameWriter, RecordReader } from 'tickring/memory';
import { expect, test } from 'vitest';
import { Lane, type QuarantinedFrame, RecordWriter } from '../support/memory-internals.ts';
import { tickView } from '../support/memory-kite.ts';
import { POISON, trapKernel } from '../support/trap-kernel.ts';

const kernel = await trapKernel();

function instruments(reader: RecordReader<TickView>): number[] {
  return Array.from(reader.drain(), ({ instrumentToken }) => instrumentToken);
}

function line() {
  const arena = Arena.create({ connection: 3 });
  const frames = new FrameWriter(arena);
  const reader = new RecordReader([arena], tickView, { kind: 'gating' });
  const quarantined: QuarantinedFrame[] = [];
  const lane = () => new Lane(arena, kernel, { onQuarantine: (frame) => quarantined.push(frame) });
  const write = (...bytes: number[]) => frames.write(Uint8Array.from(bytes), FRAME_KIND_BINARY, 7, 1);
  return { arena, reader, quarantined, lane, write, counts: () => new Counters(arena).values() };
}

test('a frame that traps the kernel twice is set aside with its bytes, counted, and the next ones are decoded', () => {
  const { reader, quarantined, lane, write, counts } = line();
  write(1);
  write(POISON, 2, 3);
  write(4);
  expect(lane().drain(10)).toBe(3);
  expect(instruments(reader)).toEqual([1, 4]);
  expect(quarantined).toEqual([
    expect.objectContaining({ connection: 3, frame: 1, receivedAt: 7, bytes: Uint8Array.of(POISON, 2, 3) }),
  ]);
  expect(quarantined[0]!.reason).toMatch(/unreachable/);
  expect(counts()).toMatchObject({ framesQuarantined: 1, framesDecoded: 2, records: 2 });
});

test('a frame that five decoders in a row died of is set aside by the sixth', () => {
  const { arena, reader, quarantined, lane, write, counts } = line();
  write(1);
  // What a decoder leaves that dies while it decodes: the attempt, and nothing else.
  for (let life = 0; life < 5; life++) new RecordWriter(arena).attempt(0);
  write(2);
  expect(lane().drain(10)).toBe(2);
  expect(instruments(reader)).toEqual([2]);
  expect(quarantined.map(({ frame, reason }) => [frame, reason])).toEqual([[0, '5 decoders died of it']]);
  expect(counts().framesQuarantined).toBe(1);
});

test('a frame that fewer died of is decoded by the next', () => {
  const { arena, reader, quarantined, lane, write } = line();
  write(1);
  for (let life = 0; life < 4; life++) new RecordWriter(arena).attempt(0);
  expect(lane().drain(10)).toBe(1);
  expect(instruments(reader)).toEqual([1]);
  expect(quarantined).toEqual([]);
});

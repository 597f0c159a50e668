import { Counters, FrameWriter } from 'tickring/memory';
import { describe, expect, it } from 'vitest';
import { Lane } from '../support/memory-internals.ts';
import { krakenArena, krakenKernel, Line } from './kraken-line.ts';

const ACK =
  '{"method":"subscribe","req_id":1,"result":{"channel":"ticker","snapshot":true,"symbol":"BTC/USD"},"success":true}';
const TICKER = '{"channel":"ticker","type":"update","data":[{"symbol":"BTC/USD","last":1.5}]}';
const STATUS = '{"channel":"status","type":"update","data":[{"system":"online","connection_id":1}]}';

describe('a text that is handed on', () => {
  it('comes with its bytes, frame, connection, epoch, time and reason, in the order of the frames', () => {
    const line = new Line({ connection: 4 });
    const inexact = TICKER.replace('1.5', '1.0000000000000000001');
    const frames: [string, string][] = [
      [ACK, 'control'],
      [TICKER, ''],
      ['CloudFlare WebSocket proxy restarting', 'malformed'],
      ['', 'malformed'],
      [inexact, 'inexact'],
      [STATUS, 'control'],
      ['{"channel":"executions","type":"snapshot","data":[],"sequence":1}', 'control'],
      ['{"channel":"ticker","type":"update","data":[{"symbol":""}]}', 'overflowed'],
      ['{"channel":"ticker","type":"update","data":{}}', 'malformed'],
    ];
    for (const [i, [text]] of frames.entries()) line.send(text, { receivedAt: 100 + i, epoch: 7 });
    expect(line.texts.map((text) => ({ ...text, bytes: Buffer.from(text.bytes).toString() }))).toEqual(
      frames
        .map(([text, reason], frame) => {
          return { connection: 4, epoch: 7, frame, receivedAt: 100 + frame, bytes: text, reason };
        })
        .filter(({ reason }) => reason !== ''),
    );
    expect(line.counts).toMatchObject({
      handedOn: 8,
      framesMalformed: 3,
      inexact: 1,
      overflowed: 1,
      records: 3,
    });
  });

  it('is a copy of its own, which the next frames leave alone', () => {
    const line = new Line();
    line.send(ACK);
    const { bytes } = line.texts[0]!;
    expect(bytes.buffer).not.toBe(line.arena.buffer);
    line.send(`${ACK} `);
    expect(Buffer.from(bytes).toString()).toBe(ACK);
  });

  it('comes before its records can be read', () => {
    const line = new Line();
    const seen: number[] = [];
    const lane = new Lane(line.arena, krakenKernel, { onText: () => seen.push(line.published) });
    line.frames.write(Buffer.from(STATUS), 2, 1, 1);
    lane.drain(1);
    expect(seen).toEqual([0]);
    expect(line.published).toBe(1);
  });

  it('comes though its records find no room', () => {
    const line = new Line({ recordSlots: 2 });
    const two = TICKER.replace('[{', '[{"symbol":"A","bid":1e99},{');
    expect(line.send(two)).toEqual([]);
    expect(line.texts).toMatchObject([{ reason: 'inexact' }]);
    expect(line.counts).toMatchObject({ recordsDropped: 2, handedOn: 1 });
  });

  it('may have nobody who wants it', () => {
    const arena = krakenArena();
    const lane = new Lane(arena, krakenKernel);
    new FrameWriter(arena).write(Buffer.from(ACK), 2, 1, 1);
    expect(lane.drain(1)).toBe(1);
    expect(new Counters(arena).values()).toMatchObject({ handedOn: 1, framesQuarantined: 0 });
  });
});

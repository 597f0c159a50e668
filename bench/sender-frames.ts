import { KiteMarket } from 'tickring/sim';
import { microseconds } from './sender-clock.ts';

/** Instruments that the frames are of, in turn. No indices: every packet is a full one. */
const INSTRUMENTS = 1_000;
/** A WebSocket frame of 126 to 65,535 bytes, as a server sends it: binary, not masked, its length in two bytes. */
const HEAD = 4;
const PACKET = 2 + 184;
/** Where a full packet carries the volume traded; here, the time at which it was sent. */
const VOLUME = 16;

const market = new KiteMarket({ instruments: INSTRUMENTS * 2, seed: 1 });

export const tokens = [...market.instrumentTokens]
  .filter((token) => (token & 0xff) !== 9)
  .slice(0, INSTRUMENTS);

/** So many frames in a row, as they go over the wire; all have the same length. */
export function wireFrames(frames: number, packets: number): Buffer {
  return Buffer.concat(
    Array.from({ length: frames }, (_, frame) => {
      const payload = market.frame(
        Array.from({ length: packets }, (_, packet) => tokens[(frame * packets + packet) % INSTRUMENTS]!),
      );
      const head = Buffer.from([0x82, 126, 0, 0]);
      head.writeUInt16BE(payload.length, 2);
      return Buffer.concat([head, payload]);
    }),
  );
}

/** A copy of a frame in which every packet says that it is sent now. */
export function stamped(frame: Buffer): Buffer {
  const copy = Buffer.from(frame);
  const now = microseconds();
  for (let at = HEAD + 4 + VOLUME; at < copy.length; at += PACKET) copy.writeUInt32BE(now, at);
  return copy;
}

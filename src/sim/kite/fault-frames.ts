/** Frames as faults send them. Packets come without their length prefix. */
import {
  EXCHANGE_TIME,
  FRAME_COUNT_BYTES,
  FULL_BYTES,
  INDEX_EXCHANGE_TIME,
  INDEX_FULL_BYTES,
  LAST_TRADE_TIME,
  PACKET_LENGTH_BYTES,
} from '../../kite/packet-layout.ts';
import type { Random } from '../random.ts';

/** A frame of these packets, whose count may lie. */
export function frameOf(packets: readonly Buffer[], count = packets.length): Buffer {
  const bytes = packets.reduce((sum, { length }) => sum + PACKET_LENGTH_BYTES + length, FRAME_COUNT_BYTES);
  const frame = Buffer.alloc(bytes);
  frame.writeUInt16BE(Math.min(Math.max(count, 0), 0xffff));
  let at = FRAME_COUNT_BYTES;
  for (const packet of packets) {
    at = frame.writeUInt16BE(packet.length, at);
    at += packet.copy(frame, at);
  }
  return frame;
}

/** A frame in which the packet in the middle lies about its length. */
export function wrongLength(packets: readonly Buffer[], by: number): Buffer {
  const frame = frameOf(packets);
  const middle = packets.length >> 1;
  let at = FRAME_COUNT_BYTES;
  for (const packet of packets.slice(0, middle)) at += PACKET_LENGTH_BYTES + packet.length;
  const length = packets[middle]?.length;
  if (length !== undefined) frame.writeUInt16BE(Math.min(Math.max(length + by, 0), 0xffff), at);
  return frame;
}

/** A frame with a packet of another length between the good ones. */
export function unknownLength(packets: readonly Buffer[], bytes: number): Buffer {
  const middle = packets.length >> 1;
  return frameOf([...packets.slice(0, middle), Buffer.alloc(bytes), ...packets.slice(middle)]);
}

/** The same packets, so many seconds older. Only full packets say when they are of. */
export function older(packets: readonly Buffer[], seconds: number): Buffer[] {
  return packets.map((packet) => {
    const copy = Buffer.from(packet);
    const times =
      copy.length === FULL_BYTES
        ? [LAST_TRADE_TIME, EXCHANGE_TIME]
        : copy.length === INDEX_FULL_BYTES
          ? [INDEX_EXCHANGE_TIME]
          : [];
    for (const at of times) copy.writeUInt32BE(Math.max(0, copy.readUInt32BE(at) - seconds), at);
    return copy;
  });
}

export function randomBytes(random: Random, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let i = 0; i < length; i++) bytes[i] = random.between(0, 255);
  return bytes;
}

/** A binary message as it goes over the wire: a WebSocket frame that is not masked, as servers send them. */
export function webSocketFrame(payload: Buffer): Buffer {
  const { length } = payload;
  let head: Buffer;
  if (length < 126) {
    head = Buffer.from([0x82, length]);
  } else if (length <= 0xffff) {
    head = Buffer.from([0x82, 126, length >>> 8, length & 0xff]);
  } else {
    head = Buffer.alloc(10);
    head[0] = 0x82;
    head[1] = 127;
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  return Buffer.concat([head, payload]);
}

/** Texts none of which is a message of Kite's. */
export function textGarbage(random: Random): Buffer {
  const texts = [
    '{"type":"order","data":{"order_id":"1"',
    'null',
    '[]',
    '17',
    '{"type":5}',
    '{"type":"order"}',
    '{"type":"order","data":null}',
    '{"data":"no type"}',
    '',
  ];
  const chosen = random.between(0, texts.length + 3);
  const text = texts[chosen];
  if (text !== undefined) return Buffer.from(text);
  // Printable, because clients may end a connection for bytes that are no UTF-8; '<' first, because that is no JSON.
  const length = random.between(0, 200);
  return Buffer.from(
    `<${Array.from({ length }, () => String.fromCharCode(random.between(32, 126))).join('')}`,
  );
}

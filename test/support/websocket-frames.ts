/** Frames of the WebSocket protocol as a server sends them (RFC 6455, section 5.2), and such as it must not. */

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface FrameParts {
  readonly opcode: number;
  readonly payload: Uint8Array;
  readonly final?: boolean;
  readonly masked?: boolean;
  /** Bits 4 to 6 of the first byte. */
  readonly reserved?: number;
}

export function websocketFrame({
  opcode,
  payload,
  final = true,
  masked = false,
  reserved = 0,
}: FrameParts): Buffer {
  const { length } = payload;
  const head = [(final ? 0x80 : 0) | reserved | opcode];
  const mask = masked ? 0x80 : 0;
  if (length < 126) head.push(mask | length);
  else if (length < 2 ** 16) head.push(mask | 126, length >> 8, length & 0xff);
  else {
    const long = Buffer.alloc(8);
    long.writeBigUInt64BE(BigInt(length));
    head.push(mask | 127, ...long);
  }
  // A mask of zeros leaves the payload as it is.
  if (masked) head.push(0, 0, 0, 0);
  return Buffer.concat([Buffer.from(head), payload]);
}

import {
  FRAME_COUNT_BYTES,
  FULL_BYTES,
  HEARTBEAT_BYTES,
  INDEX_FULL_BYTES,
  INDEX_QUOTE_BYTES,
  LTP_BYTES,
  PACKET_LENGTH_BYTES,
  QUOTE_BYTES,
} from '../../kite/packet-layout.ts';

const PACKET_BYTES: ReadonlySet<number> = new Set([
  LTP_BYTES,
  INDEX_QUOTE_BYTES,
  INDEX_FULL_BYTES,
  QUOTE_BYTES,
  FULL_BYTES,
]);

/** Packets that were announced or begun and cannot be decoded, by reason. The names are those of a feed's `stats()`. */
export interface KiteRejected {
  shortFrame: number;
  truncated: number;
  packetLength: number;
  trailingBytes: number;
}

/** What a correct client makes of a binary frame. */
export interface Reckoning {
  /** Where the packets lie that it keeps. */
  readonly kept: readonly { readonly offset: number; readonly length: number }[];
  readonly rejected: KiteRejected;
  readonly malformed: boolean;
}

export function noRejected(): KiteRejected {
  return { shortFrame: 0, truncated: 0, packetLength: 0, trailingBytes: 0 };
}

/**
 * What a correct client makes of these bytes, by the rules that are documented for `packets()`. Written apart from the
 * decoders on purpose: the simulator's books are to be balanced against theirs.
 */
export function reckon(bytes: Buffer): Reckoning {
  const kept: { offset: number; length: number }[] = [];
  const rejected = noRejected();
  if (bytes.length < FRAME_COUNT_BYTES) {
    if (bytes.length !== HEARTBEAT_BYTES) rejected.shortFrame = 1;
    return { kept, rejected, malformed: rejected.shortFrame > 0 };
  }
  let at = FRAME_COUNT_BYTES;
  for (let left = bytes.readUInt16BE(0); left > 0; left--) {
    const start = at + PACKET_LENGTH_BYTES;
    const length = start <= bytes.length ? bytes.readUInt16BE(at) : Number.POSITIVE_INFINITY;
    if (start + length > bytes.length) {
      rejected.truncated = left;
      return { kept, rejected, malformed: true };
    }
    if (PACKET_BYTES.has(length)) kept.push({ offset: start, length });
    else rejected.packetLength++;
    at = start + length;
  }
  if (at < bytes.length) rejected.trailingBytes = 1;
  return { kept, rejected, malformed: rejected.packetLength + rejected.trailingBytes > 0 };
}

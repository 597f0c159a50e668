/** A frame to plain objects, on the calling thread. */

import { isAnyArrayBuffer } from 'node:util/types';
import { type PacketsOptions, packets } from './packets.ts';
import type { Tick } from './tick.ts';

export type ParseFrameOptions = PacketsOptions;

/**
 * Parses a binary frame into ticks in the official client's shape. Never throws on malformed bytes: good packets are
 * kept, the rest is told to `onMalformed`. A heartbeat gives no ticks. The ticks hold no reference to `bytes`.
 *
 * Where the official client misreads the wire, this does not: tokens, quantities, volumes, open interest and times are
 * unsigned, NCO prices are divided by 10,000, and a packet that the frame cuts off gives no tick.
 *
 * @throws {ArgumentError} `bytes` is neither a `Uint8Array` nor an `ArrayBuffer`, or the segment table cannot be used.
 */
export function parseFrame(bytes: Uint8Array | ArrayBuffer, options?: ParseFrameOptions): Tick[] {
  const ticks: Tick[] = [];
  for (const view of packets(isAnyArrayBuffer(bytes) ? new Uint8Array(bytes) : bytes, options)) {
    ticks.push(view.toObject());
  }
  return ticks;
}

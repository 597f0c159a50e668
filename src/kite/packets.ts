/** The packets of a frame: `uint16` count, then a `uint16` length and that many bytes each, big-endian. */

import { isUint8Array } from 'node:util/types';
import { ArgumentError } from '../errors.ts';
import { FRAME_COUNT_BYTES, PACKET_LENGTH_BYTES } from './packet-layout.ts';
import { PacketView, packetKind } from './packet-view.ts';
import type { SegmentTable } from './segments.ts';

/**
 * How a frame can be malformed.
 *
 * - `short-frame`: it has no bytes at all. (One byte is a heartbeat, and well formed.)
 * - `truncated`: it ends before a packet that its count announces; that packet and those after it are lost.
 * - `packet-length`: a packet within the frame is of a length that Kite does not send; it is skipped.
 * - `trailing-bytes`: bytes follow the last packet that the count announces.
 */
export const FAULT_REASONS = ['short-frame', 'truncated', 'packet-length', 'trailing-bytes'] as const;

export type FaultReason = (typeof FAULT_REASONS)[number];

/** One fault of a frame. The good packets before it are kept. */
export interface FrameFault {
  reason: FaultReason;
  /** Where in the frame it lies: the length field of the packet, or the first of the trailing bytes. */
  offset: number;
  /** Index of the packet in the frame; for trailing bytes, the number of packets. */
  packet: number;
  /** Bytes that the packet announces, 0 when its length field is cut off; or the number of trailing bytes. */
  length: number;
  /** How many packets that the count announces are lost with it. */
  missing: number;
}

export interface PacketsOptions {
  /** Exchange and price divisor of each segment. Default: `SEGMENTS`. */
  segments?: SegmentTable | undefined;
  /** Told of each fault as the walk comes to it; what it throws, the walk throws. */
  onMalformed?: ((fault: FrameFault) => void) | undefined;
}

/**
 * Walks the packets of one frame. Yields the same view each time, moved along: keep what you need of a packet
 * (`view.toObject()`), not the view. Allocates nothing per packet, copies no bytes, and never throws on malformed ones:
 * see {@link FAULT_REASONS}. A walk that is left early reports no faults beyond where it was left.
 *
 * @throws {ArgumentError} `bytes` is no `Uint8Array`, or the segment table cannot be used.
 */
export function packets(
  bytes: Uint8Array,
  options: PacketsOptions = {},
): IterableIterator<PacketView, undefined, undefined> {
  if (!isUint8Array(bytes)) {
    throw new ArgumentError('a frame must be a Uint8Array; wrap an ArrayBuffer in one');
  }
  return new PacketWalk(bytes, options).start(0, bytes.byteLength);
}

const END: IteratorReturnResult<undefined> = { done: true, value: undefined };

/**
 * The walk behind `packets`, to be started again and again within the same bytes.
 *
 * @internal
 */
export class PacketWalk implements IterableIterator<PacketView, undefined, undefined> {
  readonly #bytes: Uint8Array;
  readonly #onMalformed: ((fault: FrameFault) => void) | undefined;
  readonly #view: PacketView;
  readonly #step: IteratorYieldResult<PacketView>;
  /** Where the frame starts and ends in the bytes. */
  #start = 0;
  #end = 0;
  #count = 0;
  /** Packets that the count announces and the walk has not come to. */
  #left = 0;
  #at = 0;
  #ended = false;

  constructor(bytes: Uint8Array, options: PacketsOptions) {
    this.#bytes = bytes;
    this.#onMalformed = options.onMalformed;
    this.#view = new PacketView(options).attach(bytes);
    this.#step = { done: false, value: this.#view };
  }

  /** Starts at the head of the frame of `length` bytes at `offset`. Allocates nothing. */
  start(offset: number, length: number): this {
    const headed = length >= FRAME_COUNT_BYTES;
    this.#start = offset;
    this.#end = offset + length;
    this.#count = headed ? uint16(this.#bytes, offset) : 0;
    this.#left = this.#count;
    this.#at = headed ? offset + FRAME_COUNT_BYTES : this.#end;
    this.#ended = false;
    return this;
  }

  [Symbol.iterator](): this {
    return this;
  }

  /** Only the good packet; all else is apart, which makes this loop twice as fast (27 against 66 ns a packet). */
  next(): IteratorResult<PacketView, undefined> {
    const at = this.#at;
    const start = at + PACKET_LENGTH_BYTES;
    if (this.#left > 0 && start <= this.#end) {
      const length = uint16(this.#bytes, at);
      if (start + length <= this.#end && packetKind(length) !== undefined) {
        this.#view.moveTo(start, length);
        this.#at = start + length;
        this.#left--;
        return this.#step;
      }
    }
    return this.#faultOrEnd();
  }

  return(): IteratorResult<PacketView, undefined> {
    this.#left = 0;
    this.#ended = true;
    return END;
  }

  #faultOrEnd(): IteratorResult<PacketView, undefined> {
    while (this.#left > 0) {
      const start = this.#at + PACKET_LENGTH_BYTES;
      const length = start <= this.#end ? uint16(this.#bytes, this.#at) : 0;
      if (start + length > this.#end) {
        this.#report('truncated', length, this.#left);
        return this.return();
      }
      if (packetKind(length) !== undefined) return this.next();
      this.#report('packet-length', length, 1);
      this.#at = start + length;
      this.#left--;
    }
    if (this.#ended) return END;
    if (this.#end === this.#start) this.#report('short-frame', 0, 0);
    else if (this.#at < this.#end) this.#report('trailing-bytes', this.#end - this.#at, 0);
    return this.return();
  }

  #report(reason: FaultReason, length: number, missing: number): void {
    this.#onMalformed?.({
      reason,
      offset: this.#at - this.#start,
      packet: this.#count - this.#left,
      length,
      missing,
    });
  }
}

function uint16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

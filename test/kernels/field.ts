/** An arena in which all that a kernel has no business with is filled with a pattern, so that it shows what is touched. */

import { type Arena, FRAME_KIND_TEXT, FrameWriter } from 'tickring/memory';
import * as arenaLayout from '../../dist/src/memory/arena-layout.js';
import * as countersLayout from '../../dist/src/memory/counters-layout.js';
import * as frameRingLayout from '../../dist/src/memory/frame-ring-layout.js';
import * as recordLayout from '../../dist/src/memory/record-layout.js';
import * as ringLayout from '../../dist/src/memory/record-ring-layout.js';
import type { Kernel } from '../../dist/workers/lane.js';

/** What a kernel keeps, beside its workspace. */
const KEPT = [
  arenaLayout.REGION_LATEST_TABLE,
  arenaLayout.REGION_SYMBOLS,
  arenaLayout.REGION_BOOKS,
  arenaLayout.REGION_SEQUENCES,
];

export class Field {
  readonly most: number;
  readonly #arena: Arena;
  readonly #kernel: Kernel;
  readonly #head: number;
  readonly #before: Uint8Array;
  /** Where regions lie: their table is filled over. */
  readonly #regions: readonly { readonly offset: number; readonly bytes: number }[];

  /** @param first texts that give the kernel something to change, and guesses to make */
  constructor(
    arena: Arena,
    kernel: Kernel,
    first: readonly string[],
    { bytes, canary, kind = FRAME_KIND_TEXT as number }: { bytes: Uint8Array; canary: number; kind?: number },
  ) {
    this.#arena = arena;
    this.#kernel = kernel;
    for (const text of first) kernel.decode(this.#put(Buffer.from(text), FRAME_KIND_TEXT), 0, 1);
    this.#head = this.#put(bytes, kind);
    this.#regions = Array.from({ length: arenaLayout.REGION_COUNT }, (_, region) => arena.region(region));
    const needed = [
      { offset: this.#head, bytes: frameRingLayout.FRAME_HEAD_BYTES + bytes.length },
      ...[arenaLayout.REGION_PARAMETERS, arenaLayout.REGION_WORKSPACE, ...KEPT].map(
        (region) => this.#regions[region]!,
      ),
    ];
    const saved = needed.map((part) => arena.u8.slice(part.offset, part.offset + part.bytes));
    arena.u8.fill(canary);
    for (const [i, { offset }] of needed.entries()) arena.u8.set(saved[i]!, offset);
    this.most = kernel.most(this.#head);
    this.#before = arena.u8.slice();
  }

  /** Writes a frame; where its head lies. */
  #put(bytes: Uint8Array, kind: number): number {
    const { offset: frames } = this.#arena.region(arenaLayout.REGION_FRAME_RING);
    const published = this.#arena.u32[(frames + frameRingLayout.FRAME_PUBLISHED) >> 2]!;
    if (!new FrameWriter(this.#arena).write(bytes, kind, 1, 1)) throw new Error('no room');
    return frames + frameRingLayout.FRAME_DATA + published;
  }

  decode(position: number): number {
    return this.#kernel.decode(this.#head, position, 2);
  }

  refresh(): number {
    return this.#kernel.refresh(this.#head, 0, 2);
  }

  result(offset: number): number {
    return this.#arena.u32[(this.#regions[arenaLayout.REGION_COUNTERS]!.offset + offset) >> 2]!;
  }

  /** Whether the frame was no text of the venue's. */
  get malformed(): boolean {
    return (
      this.result(countersLayout.RESULT_HANDED_ON) === countersLayout.HANDED_ON_MALFORMED &&
      this.result(countersLayout.RESULT_MALFORMED) === 1
    );
  }

  /** Where a slot of the record ring begins. */
  get slots(): number {
    return this.#regions[arenaLayout.REGION_RECORD_RING]!.offset + ringLayout.RECORD_SLOTS;
  }

  /** Offsets of words outside of results, workspace and what the kernel keeps that are no longer what they were. */
  strayed(): number[] {
    return this.#changes().filter(
      (offset) => !this.#isIn(offset, arenaLayout.REGION_WORKSPACE) && !this.#isKept(offset),
    );
  }

  /** Of what the kernel keeps. */
  changedOfKept(): number[] {
    return this.#changes().filter((offset) => this.#isKept(offset));
  }

  /** As `strayed`, but for the one slot that is for records without room. */
  strayedOfSpare(): number[] {
    const scratch = this.#regions[arenaLayout.REGION_SCRATCH]!.offset;
    const spare =
      scratch + ringLayout.RECORD_READER_COUNT * ringLayout.SCRATCH_SLOTS * recordLayout.RECORD_BYTES;
    return this.strayed().filter((offset) => offset < spare || offset >= spare + recordLayout.RECORD_BYTES);
  }

  /** As `strayed`, but for the slots from `position` on that the frame was given. */
  strayedOfSlots(position: number): number[] {
    const count =
      (this.#regions[arenaLayout.REGION_RECORD_RING]!.bytes - ringLayout.RECORD_SLOTS) /
      recordLayout.RECORD_BYTES;
    return this.strayed().filter((offset) => {
      const slot = Math.floor((offset - this.slots) / recordLayout.RECORD_BYTES);
      return slot < 0 || slot >= count || ((slot - position) & (count - 1)) >= this.most;
    });
  }

  /** All that the kernel made of the frame. */
  outcome(records: number): object {
    const text = (offset: number, bytes: number) =>
      Buffer.from(this.#arena.u8.slice(offset, offset + bytes)).toString('latin1');
    const results = Array.from({ length: 14 }, (_, i) =>
      this.result(countersLayout.RESULT_HEARTBEAT + 4 * i),
    );
    return {
      most: this.most,
      records,
      results: results.slice(0, 3).concat(results.slice(8)),
      kept: KEPT.map((region) => text(this.#regions[region]!.offset, this.#regions[region]!.bytes)),
      made: text(this.slots, records * recordLayout.RECORD_BYTES),
    };
  }

  #changes(): number[] {
    const { u32 } = this.#arena;
    const before = new Uint32Array(this.#before.buffer);
    const counters = this.#regions[arenaLayout.REGION_COUNTERS]!.offset;
    const found: number[] = [];
    for (let word = 0; word < before.length; word++) {
      const offset = word * 4 - counters;
      const isResult =
        offset >= countersLayout.RESULT_HEARTBEAT && offset <= countersLayout.RESULT_OVERFLOWED;
      if (u32[word] !== before[word] && !isResult) found.push(word * 4);
    }
    return found;
  }

  #isIn(offset: number, region: number): boolean {
    const { offset: start, bytes } = this.#regions[region]!;
    return offset >= start && offset < start + bytes;
  }

  #isKept(offset: number): boolean {
    return KEPT.some((region) => this.#isIn(offset, region));
  }
}

export const CANARIES = [0x00, 0xff, 0xa5, 0x22, 0x7d, 0x30];

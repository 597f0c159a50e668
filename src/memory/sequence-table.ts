import type { Arena } from './arena.ts';
import { REGION_SEQUENCES } from './arena-layout.ts';
import * as layout from './sequence-table-layout.ts';

/** What is known of the numbers of one subscription's messages. */
export interface SequenceStatus {
  /** The venue's number of the subscription. */
  readonly subscription: number;
  /** Whether the venue has ended it. */
  readonly ended: boolean;
  /** Number of its last message; 0 before the first. */
  readonly last: number;
  /** Gaps seen. */
  readonly gaps: number;
  /** Of the last gap, the number that was due and the one that came; undefined where there has been none. */
  readonly expected: number | undefined;
  readonly received: number | undefined;
}

/**
 * The numbers of the messages of an arena's subscriptions, as its kernel has checked them. For any thread. The kernel goes on while
 * one looks: `gaps` of an entry is what a change shows in, and the rest may be of the message after it.
 */
export class SequenceTable {
  /** Subscriptions that there is room for; 0 for an arena without numbers. */
  readonly capacity: number;
  readonly #u32: Uint32Array;
  readonly #header: number;

  constructor(arena: Arena) {
    const { offset, bytes } = arena.region(REGION_SEQUENCES);
    this.#u32 = arena.u32;
    this.#header = offset;
    this.capacity = bytes === 0 ? 0 : arena.u32[(offset + layout.SEQUENCES_CAPACITY) >> 2]!;
  }

  /** Entries in use: their places go from 0 to `size` − 1. */
  get size(): number {
    return this.capacity === 0 ? 0 : Atomics.load(this.#u32, (this.#header + layout.SEQUENCES_USED) >> 2);
  }

  /** Subscriptions that found no entry, so that gaps in them go unnoticed: the table is too small. */
  get overflowed(): number {
    return this.capacity === 0 ? 0 : this.#u32[(this.#header + layout.SEQUENCES_OVERFLOWED) >> 2]!;
  }

  /** The place of a subscription, or −1 for one of which nothing has come. */
  find(subscription: number): number {
    for (let place = 0, { size } = this; place < size; place++) {
      if (this.#u32[this.#word(place, layout.SEQUENCE_SUBSCRIPTION)] === subscription) return place;
    }
    return -1;
  }

  /** Gaps seen in the subscription in a place: one atomic load. */
  gaps(place: number): number {
    return Atomics.load(this.#u32, this.#word(place, layout.SEQUENCE_GAPS));
  }

  /** All that is known of the subscription in a place. Allocates. */
  status(place: number): SequenceStatus {
    const gaps = this.gaps(place);
    const read = (field: number) => this.#u32[this.#word(place, field)]!;
    return {
      subscription: read(layout.SEQUENCE_SUBSCRIPTION),
      ended: read(layout.SEQUENCE_STATE) === layout.SEQUENCE_STATE_ENDED,
      last: read(layout.SEQUENCE_LAST),
      gaps,
      expected: gaps === 0 ? undefined : read(layout.SEQUENCE_EXPECTED),
      received: gaps === 0 ? undefined : read(layout.SEQUENCE_RECEIVED),
    };
  }

  /** The same of all of them, in the order in which they came. */
  list(): SequenceStatus[] {
    return Array.from({ length: this.size }, (_, place) => this.status(place));
  }

  #word(place: number, field: number): number {
    return (this.#header + layout.SEQUENCES_HEADER_BYTES + place * layout.SEQUENCE_BYTES + field) >> 2;
  }
}

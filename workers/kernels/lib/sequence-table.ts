/** The sequence table: the numbers of each subscription's messages, checked one after the other. */

import { REGION_SEQUENCES } from '../../../src/memory/arena-layout.ts';
import {
  SEQUENCE_BYTES,
  SEQUENCE_EXPECTED,
  SEQUENCE_FRAME,
  SEQUENCE_GAPS,
  SEQUENCE_GAPS_BEFORE,
  SEQUENCE_LAST,
  SEQUENCE_LAST_BEFORE,
  SEQUENCE_RECEIVED,
  SEQUENCE_STATE,
  SEQUENCE_STATE_BEFORE,
  SEQUENCE_STATE_ENDED,
  SEQUENCE_STATE_LIVE,
  SEQUENCE_SUBSCRIPTION,
  SEQUENCES_CAPACITY,
  SEQUENCES_HEADER_BYTES,
  SEQUENCES_OVERFLOWED,
  SEQUENCES_USED,
} from '../../../src/memory/sequence-table-layout.ts';
import { regionBytes, regionOffset } from './arena.ts';
import { frameNumber } from './slots.ts';

let table: usize = 0;
/** 0 with no table. */
let capacity: u32 = 0;

/** The entry that was found last: as a rule it is the next one, too. */
let newest: usize = 0;

/** The number that was due when `checkSequence` last answered false. */
export let expected: u32 = 0;

export function attachSequences(): void {
  table = regionOffset(REGION_SEQUENCES);
  if (regionBytes(REGION_SEQUENCES) == 0) return;
  capacity = load<u32>(table, SEQUENCES_CAPACITY);
  newest = table + SEQUENCES_HEADER_BYTES;
}

function used(): u32 {
  return capacity == 0 ? 0 : load<u32>(table, SEQUENCES_USED);
}

/** The entry of a subscription; 0 when it has none. */
export function findSequence(subscription: u32): usize {
  const first = table + SEQUENCES_HEADER_BYTES;
  const end = first + used() * SEQUENCE_BYTES;
  if (newest < end && load<u32>(newest, SEQUENCE_SUBSCRIPTION) == subscription) return newest;
  for (let entry = first; entry < end; entry += SEQUENCE_BYTES) {
    if (load<u32>(entry, SEQUENCE_SUBSCRIPTION) != subscription) continue;
    newest = entry;
    return entry;
  }
  return 0;
}

/** As `findSequence`, a new one if it has none: where all are given, that of one that has ended; 0 when there is none such. */
export function enterSequence(subscription: u32): usize {
  const found = findSequence(subscription);
  if (found != 0) return found;
  const count = used();
  let entry = table + SEQUENCES_HEADER_BYTES + count * SEQUENCE_BYTES;
  if (count == capacity) {
    entry = endedSequence();
    if (entry == 0) {
      if (capacity != 0) store<u32>(table, load<u32>(table, SEQUENCES_OVERFLOWED) + 1, SEQUENCES_OVERFLOWED);
      return 0;
    }
  }
  memory.fill(entry, 0, SEQUENCE_BYTES);
  store<u32>(entry, SEQUENCE_STATE_LIVE, SEQUENCE_STATE);
  store<u32>(entry, SEQUENCE_STATE_LIVE, SEQUENCE_STATE_BEFORE);
  store<u32>(entry, frameNumber, SEQUENCE_FRAME);
  store<u32>(entry, subscription, SEQUENCE_SUBSCRIPTION);
  if (count != capacity) atomic.store<u32>(table, count + 1, SEQUENCES_USED);
  newest = entry;
  return entry;
}

function endedSequence(): usize {
  let entry = table + SEQUENCES_HEADER_BYTES;
  for (let left = capacity; left > 0; left--) {
    if (load<u32>(entry, SEQUENCE_STATE) == SEQUENCE_STATE_ENDED) return entry;
    entry += SEQUENCE_BYTES;
  }
  return 0;
}

/** Before the first change of an entry by the frame at hand, even when a decoder died of the frame after it had changed it. */
function note(entry: usize): void {
  if (load<u32>(entry, SEQUENCE_FRAME) == frameNumber) return;
  store<u32>(entry, load<u32>(entry, SEQUENCE_LAST), SEQUENCE_LAST_BEFORE);
  store<u32>(entry, load<u32>(entry, SEQUENCE_GAPS), SEQUENCE_GAPS_BEFORE);
  store<u32>(entry, load<u32>(entry, SEQUENCE_STATE), SEQUENCE_STATE_BEFORE);
  store<u32>(entry, frameNumber, SEQUENCE_FRAME);
}

/** Whether the subscription had ended before the frame at hand. */
export function hadEnded(entry: usize): bool {
  note(entry);
  return load<u32>(entry, SEQUENCE_STATE_BEFORE) == SEQUENCE_STATE_ENDED;
}

/** Whether this number was due. The first one always is; whatever comes is the last one now. */
export function checkSequence(entry: usize, number: u32): bool {
  note(entry);
  const last = load<u32>(entry, SEQUENCE_LAST_BEFORE);
  expected = last + 1;
  const due = last == 0 || number == expected;
  if (!due) {
    store<u32>(entry, expected, SEQUENCE_EXPECTED);
    store<u32>(entry, number, SEQUENCE_RECEIVED);
    atomic.store<u32>(entry, load<u32>(entry, SEQUENCE_GAPS_BEFORE) + 1, SEQUENCE_GAPS);
  }
  store<u32>(entry, number, SEQUENCE_LAST);
  return due;
}

/** The venue has ended the subscription. */
export function endSequence(entry: usize): void {
  note(entry);
  store<u32>(entry, SEQUENCE_STATE_ENDED, SEQUENCE_STATE);
}

/** The venue has begun a subscription, with a number that one had which has ended. */
export function beginSequence(entry: usize): void {
  note(entry);
  store<u32>(entry, 0, SEQUENCE_LAST);
  store<u32>(entry, SEQUENCE_STATE_LIVE, SEQUENCE_STATE);
}

/** The connection has been opened anew: its subscriptions are no more. */
export function forgetSequences(): void {
  if (capacity != 0) atomic.store<u32>(table, 0, SEQUENCES_USED);
}

import {
  STATUS_CONNECTION_ID,
  STATUS_EMERGENCY,
  STATUS_MAINTENANCE_PLANNED,
  STATUS_SYSTEM,
} from '../../../src/kraken/record-layout.ts';
import { readUnsigned, unsigned } from '../lib/decimal.ts';
import { enterArray, more, OPEN_ARRAY, peek, readWord, skipValue } from '../lib/json-scanner.ts';
import { key } from '../lib/key-guess.ts';
import { KEY_CONNECTION_ID, KEY_EMERGENCY, KEY_SYSTEM, KEY_UPCOMING_MAINTENANCE } from './keys.ts';
import { readMember } from './members.ts';
import { systemAtHand } from './words.ts';

/** Reads one element of a status' data into its record. */
export function readStatus(at: usize, slot: usize): usize {
  for (let member: u32 = 0; at != 0; member++) {
    at = readMember(at, member == 0);
    if (!more) break;
    switch (key) {
      case KEY_SYSTEM:
        at = readWord(at);
        store<u8>(slot, <u8>systemAtHand(), STATUS_SYSTEM);
        break;
      case KEY_CONNECTION_ID:
        at = readUnsigned(at);
        store<u64>(slot, unsigned, STATUS_CONNECTION_ID);
        break;
      case KEY_UPCOMING_MAINTENANCE:
        at = listField(at, slot, STATUS_MAINTENANCE_PLANNED);
        break;
      case KEY_EMERGENCY:
        at = listField(at, slot, STATUS_EMERGENCY);
        break;
      default:
        at = skipValue(at);
    }
  }
  return at;
}

/** A uint8: whether a list has entries. */
function listField(at: usize, slot: usize, field: usize): usize {
  let filled = false;
  if (peek(at) == OPEN_ARRAY) {
    enterArray(at);
    filled = more;
  }
  store<u8>(slot + field, u8(filled));
  return skipValue(at);
}

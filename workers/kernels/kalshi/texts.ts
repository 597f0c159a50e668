/** Texts of messages that records keep: a uint8, how many bytes they have, and the bytes. */

import { copyWord, readWord, wordLength } from '../lib/json-scanner.ts';
import { noteFit } from './message.ts';

/** Reads a value of any kind, which is the one of `key`; what is no text, or too long, leaves none. */
export function readText(at: usize, key: u32, field: usize, mostBytes: u32): usize {
  at = readWord(at);
  const fits = wordLength <= mostBytes;
  const length = fits ? wordLength : 0;
  store<u8>(field, <u8>length);
  copyWord(field + 1, length);
  noteFit(key, fits);
  return at;
}

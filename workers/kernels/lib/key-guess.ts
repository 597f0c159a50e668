/**
 * Guesses the next key of an object from what was at the same place of the last object of its kind: a venue writes its messages
 * in one way, most of the time. A guess that is right saves reading the key; one that is wrong costs little, and is replaced.
 */

import {
  GUESS_BYTES,
  GUESS_KEY,
  GUESS_LENGTH,
  GUESS_MASK,
  GUESS_TAIL,
  GUESS_TEXT,
} from '../../../src/memory/workspace-layout.ts';
import { end } from './json-scanner.ts';

const SPACE: u8 = 0x20;
const MOST_BYTES: u32 = 16;

/** The key of the member at hand, guessed or read: what the venue calls it. */
export let key: u32 = 0;

export function setKey(read: u32): void {
  key = read;
}

/**
 * Forgets so many guesses: none of them is right before it has been learned, whatever the bytes, because its value would begin
 * beyond any text.
 */
export function forgetGuesses(guess: usize, count: u32): void {
  memory.fill(guess, 0x7f, count * GUESS_BYTES);
}

/**
 * Where the value of the next member begins if the guess is right, else 0.
 *
 * @param at an object's brace, or behind a member's value
 */
export function guessKey(at: usize, guess: usize): usize {
  if (at + MOST_BYTES > end) return 0;
  const other = v128.xor(v128.load(at), v128.load(guess, GUESS_TEXT));
  if (v128.any_true(v128.and(other, v128.load(guess, GUESS_MASK)))) return 0;
  const value = at + load<u32>(guess, GUESS_LENGTH);
  // There may be more space than the last time.
  if (value >= end || load<u8>(value) <= SPACE) return 0;
  // Last, because a choice between two addresses would have to wait for the byte; a branch is foreseen.
  key = load<u32>(guess, GUESS_KEY);
  return value;
}

/** Next time it will be the key at hand, if it is written in this way: from `at` to its value. */
export function learnKey(guess: usize, at: usize, value: usize): void {
  const length = <u32>(value - at);
  if (length > MOST_BYTES || at + MOST_BYTES > end) return;
  const places = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  v128.store(guess, v128.load(at), GUESS_TEXT);
  v128.store(guess, i8x16.lt_s(places, i8x16.splat(<i8>length)), GUESS_MASK);
  store<u32>(guess, key, GUESS_KEY);
  store<u32>(guess, length, GUESS_LENGTH);
}

/** As `guessKey`, for venues whose keys may take up to 32 bytes from the comma to the value. */
export function guessLongKey(at: usize, guess: usize): usize {
  const length = load<u32>(guess, GUESS_LENGTH);
  const value = at + length;
  if (max(value, at + MOST_BYTES) >= end) return 0;
  const other = v128.and(v128.xor(v128.load(at), v128.load(guess, GUESS_TEXT)), v128.load(guess, GUESS_MASK));
  if (v128.any_true(other)) return 0;
  if (length > MOST_BYTES) {
    const tail = v128.xor(v128.load(value - MOST_BYTES), v128.load(guess, GUESS_TAIL));
    if (v128.any_true(tail)) return 0;
  }
  if (load<u8>(value) <= SPACE) return 0;
  key = load<u32>(guess, GUESS_KEY);
  return value;
}

export function learnLongKey(guess: usize, at: usize, value: usize): void {
  const length = <u32>(value - at);
  if (length <= MOST_BYTES) {
    learnKey(guess, at, value);
  } else if (length <= 2 * MOST_BYTES) {
    v128.store(guess, v128.load(at), GUESS_TEXT);
    v128.store(guess, i8x16.splat(-1), GUESS_MASK);
    v128.store(guess, v128.load(value - MOST_BYTES), GUESS_TAIL);
    store<u32>(guess, key, GUESS_KEY);
    store<u32>(guess, length, GUESS_LENGTH);
  }
}

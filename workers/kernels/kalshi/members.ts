/** The members of the objects of Kalshi's messages. */

import { CLOSE_OBJECT, more, noMore, peek } from '../lib/json-scanner.ts';
import { learnLongKey, setKey } from '../lib/key-guess.ts';
import { readMemberKey } from '../lib/shapes.ts';
import { keyAtHand } from './keys.ts';

/** Kinds of objects, each with guesses of its own. */
export const SHAPE_MESSAGE: u32 = 0;
export const SHAPE_TICKER: u32 = 1;
export const SHAPE_TRADE: u32 = 2;
export const SHAPE_SNAPSHOT: u32 = 3;
export const SHAPE_DELTA: u32 = 4;

/** As `readMemberKey`, and `key` becomes the member's key. */
export function readMember(at: usize, first: bool): usize {
  const value = readMemberKey(at, first);
  if (more) setKey(keyAtHand());
  return value;
}

/** As `readMember`, and it is guessed the next time. */
export function learnMember(at: usize, first: bool, guess: usize): usize {
  // As a rule the object ends here.
  if (!first && peek(at) == CLOSE_OBJECT) {
    noMore();
    return at + 1;
  }
  const value = readMember(at, first);
  if (more) learnLongKey(guess, at, value);
  return value;
}

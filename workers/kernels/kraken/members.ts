/**
 * Goes through the members of an object of Kraken's messages. A loop over them asks for each member, first where it is guessed
 * to be (this much is inlined), then, when that was wrong, where it is; it ends when there are no `more`.
 */

import {
  GUESS_BYTES,
  SHAPE_COUNT,
  SHAPE_MEMBERS,
  WORKSPACE_SHAPES,
} from '../../../src/memory/workspace-layout.ts';
import { enterObject, more, nextMember, noMore, readKey } from '../lib/json-scanner.ts';
import { forgetGuesses, learnKey, setKey } from '../lib/key-guess.ts';
import { keyAtHand } from './keys.ts';

/** Kinds of objects, each with guesses of its own. */
export const SHAPE_MESSAGE: u32 = 0;
export const SHAPE_TICKER: u32 = 1;
export const SHAPE_TRADE: u32 = 2;
export const SHAPE_BOOK: u32 = 3;
export const SHAPE_CANDLE: u32 = 4;
export const SHAPE_INSTRUMENT: u32 = 5;
export const SHAPE_ORDER: u32 = 6;

let shapes: usize = 0;

export function attachMembers(workspace: usize): void {
  shapes = workspace + WORKSPACE_SHAPES;
  forgetGuesses(shapes, SHAPE_COUNT * SHAPE_MEMBERS);
}

/** The guess for a member of an object. Those that come after many others share theirs with them. */
export function guessOf(shape: u32, member: u32): usize {
  return shapes + (shape * SHAPE_MEMBERS + (member & (SHAPE_MEMBERS - 1))) * GUESS_BYTES;
}

/**
 * Reads the key of an object's next member into `key`; answers where its value begins, or what is behind the object when there
 * are no `more`.
 *
 * @param at behind the value before it, or, for the first one, at the object's brace
 */
export function readMember(at: usize, first: bool): usize {
  const keyAt = first ? enterObject(at) : nextMember(at);
  if (!more) return keyAt;
  const value = readKey(keyAt);
  if (value == 0) noMore();
  else setKey(keyAtHand());
  return value;
}

/** As `readMember`, and it is guessed the next time. */
export function learnMember(at: usize, first: bool, guess: usize): usize {
  const value = readMember(at, first);
  if (more) learnKey(guess, at, value);
  return value;
}

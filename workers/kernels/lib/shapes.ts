/**
 * Goes through the members of an object. A loop over them asks for each member, first where it is guessed to be (this much is
 * inlined), then, when that was wrong, where it is; it ends when there are no `more`. Each venue knows its own keys, and its
 * own kinds of objects, each with guesses of its own.
 */

import {
  GUESS_BYTES,
  SHAPE_COUNT,
  SHAPE_MEMBERS,
  WORKSPACE_SHAPES,
} from '../../../src/memory/workspace-layout.ts';
import { enterObject, more, nextMember, noMore, readKey } from './json-scanner.ts';
import { forgetGuesses } from './key-guess.ts';

let shapes: usize = 0;

export function attachShapes(workspace: usize): void {
  shapes = workspace + WORKSPACE_SHAPES;
  forgetGuesses(shapes, SHAPE_COUNT * SHAPE_MEMBERS);
}

/** The guess for a member of an object. Those that come after many others share theirs with them. */
export function guessOf(shape: u32, member: u32): usize {
  return shapes + (shape * SHAPE_MEMBERS + (member & (SHAPE_MEMBERS - 1))) * GUESS_BYTES;
}

/**
 * Makes the key of an object's next member the word at hand; answers where its value begins, or what is behind the object when
 * there are no `more`.
 *
 * @param at behind the value before it, or, for the first one, at the object's brace
 */
export function readMemberKey(at: usize, first: bool): usize {
  const keyAt = first ? enterObject(at) : nextMember(at);
  if (!more) return keyAt;
  const value = readKey(keyAt);
  if (value == 0) noMore();
  return value;
}

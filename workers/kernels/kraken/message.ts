/** Whether something can be made of the message at hand. */

import { HANDED_ON_MALFORMED, HANDED_ON_NOT } from '../../../src/memory/counters-layout.ts';

/** Why the whole message is to be handed on: one of the HANDED_ON_ numbers. */
export let refusal: u32 = 0;

/** It is good JSON, but not what the venue says of itself. */
export function misunderstood(): void {
  refuse(HANDED_ON_MALFORMED);
}

/** The gravest reason stands. */
export function refuse(why: u32): void {
  refusal = max(refusal, why);
}

export function beginMessage(): void {
  refusal = HANDED_ON_NOT;
}

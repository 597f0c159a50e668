/** What the owner of a decoder shares with it: the bell that it waits at, and a word from each to the other. */

/** The doorbell, alone on their line. */
export const CONTROL_BELL = 0;
/** int32, written by the owner: 1 asks the decoder to stop. */
export const CONTROL_STOP = 128;
/** int32, written by the decoder: 1 while it serves. */
export const CONTROL_SERVING = 256;
export const CONTROL_BYTES = 384;

/**
 * How long readers of a seqlock look for a whole copy. What a writer that died left half written is then answered like nothing;
 * its successor writes it anew.
 */

/** Writing takes some 50 ns: after so many looks the writer must have been preempted, or have died. */
export const LOOKS_AWAKE = 1000;
/** Then a reader naps 1 ms between looks, this often: longer than a scheduler's slice. */
export const NAPS = 50;

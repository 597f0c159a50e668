/** A doorbell, alone on its line. Its words are shared by all who ring or wait, and only changed by read-modify-write. */

/** int32: counts the rings; the word that waiters park on. */
export const BELL_SIGNAL = 0;
/** int32: counts the announcements of threads that are about to park. */
export const BELL_ANNOUNCED = 4;
/** int32: how often a thread has parked here. */
export const BELL_PARKS = 8;
/** int32: counts the announcements that are over: the thread is awake, or did not park after all. */
export const BELL_WITHDRAWN = 12;

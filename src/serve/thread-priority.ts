import { constants, getPriority, setPriority } from 'node:os';

/**
 * Lets other threads go first wherever there are not enough cores for all. Only on Linux, where a priority is a thread's own; elsewhere
 * it would be the process's.
 */
export function stepBack(): void {
  const { PRIORITY_BELOW_NORMAL } = constants.priority;
  if (process.platform !== 'linux' || getPriority() >= PRIORITY_BELOW_NORMAL) return;
  try {
    setPriority(PRIORITY_BELOW_NORMAL);
  } catch {
    // A sandbox may forbid it: it is then served all the same.
  }
}

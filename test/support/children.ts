/** Processes that end with the test that started them. */

import type { ChildProcess } from 'node:child_process';
import { onTestFinished } from 'vitest';

/**
 * Ends a process when the test is over that runs now, whether that has passed, failed or took too long: one that stayed behind
 * would keep the whole run from ending.
 *
 * @param end how, if killing it does not suffice
 */
export function endWithTest(
  child: ChildProcess,
  end: () => void = () => child.kill('SIGKILL'),
): ChildProcess {
  onTestFinished(end);
  return child;
}

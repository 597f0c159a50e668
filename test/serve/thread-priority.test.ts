import { readdirSync, readFileSync } from 'node:fs';
import { constants, getPriority } from 'node:os';
import { expect, test } from 'vitest';
import { serve } from '../support/serve.ts';

const { PRIORITY_BELOW_NORMAL } = constants.priority;
/** Elsewhere a priority is the process's; and whoever runs this with a low one has no lower to see. */
const untold = process.platform !== 'linux' || getPriority() >= PRIORITY_BELOW_NORMAL;

/** Of each thread of this process: fields are counted behind the name, which may hold anything (proc(5)). */
function priorities(): number[] {
  return readdirSync('/proc/self/task').map((thread) => {
    const stat = readFileSync(`/proc/self/task/${thread}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]);
  });
}

test.skipIf(untold)('the thread of the server lets all others go first', async () => {
  const before = getPriority();
  await using _server = await serve();
  expect(getPriority()).toBe(before);
  expect(priorities()).toContain(PRIORITY_BELOW_NORMAL);
});

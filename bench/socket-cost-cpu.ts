import { readFileSync } from 'node:fs';

/** Processor time of this thread alone, µs, while it runs on Linux: the kernel counts it in ns, up to a tick (at most 4 ms) ago. */
const LINUX = '/proc/thread-self/schedstat';

/** Since Node 23.9; the types are of an older one. */
const { threadCpuUsage } = process as { threadCpuUsage?: () => NodeJS.CpuUsage };

/**
 * Processor time that this thread has used, in user space and in the kernel, µs. Where neither Node nor Linux tells: that
 * of the whole process, in which our decoders count against us.
 */
export const threadCpu: () => number = threadCpuUsage
  ? () => microsecondsOf(threadCpuUsage.call(process))
  : process.platform === 'linux'
    ? () => Number(readFileSync(LINUX, 'utf8').split(' ')[0]) / 1000
    : () => microsecondsOf(process.cpuUsage());

function microsecondsOf({ user, system }: NodeJS.CpuUsage): number {
  return user + system;
}

import { isMainThread } from 'node:worker_threads';

const open = new Set<{ close(): void }>();

/**
 * A worker that comes to its end gives back the places that its readers hold, so that nobody waits for them. (One that is
 * terminated runs no code; the feed expels its readers when they are in the way.)
 */
export function leaveOnExit(reader: { close(): void }): void {
  if (isMainThread) return;
  if (open.size === 0) process.on('exit', closeAll);
  open.add(reader);
}

/** It has left by itself. */
export function hasLeft(reader: { close(): void }): void {
  open.delete(reader);
  if (open.size === 0) process.off('exit', closeAll);
}

function closeAll(): void {
  for (const reader of open) reader.close();
}

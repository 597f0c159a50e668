/** The built `tickring` command, as processes of its own. */

import { type ChildProcess, execFile, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const MAIN = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs it to its end. */
export async function tickring(...args: string[]): Promise<Outcome> {
  return tickringWith({}, ...args);
}

/** @param environment besides this process's own */
export async function tickringWith(
  environment: Readonly<Record<string, string>>,
  ...args: string[]
): Promise<Outcome> {
  try {
    const env = { ...process.env, ...environment };
    return { code: 0, ...(await promisify(execFile)(process.execPath, [MAIN, ...args], { env })) };
  } catch (error) {
    return error as Outcome;
  }
}

/** Starts it. */
export function startTickring(args: readonly string[], options: SpawnOptions = {}): ChildProcess {
  return spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'], ...options });
}

/** Exit code, or the signal that it died of. */
export async function endOf(child: ChildProcess): Promise<number | string> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode ?? child.signalCode!;
}

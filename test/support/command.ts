/** The built `tickring` command, as processes of its own. */

import { type ChildProcess, execFile, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { endWithTest } from './children.ts';

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
  return runToEnd([MAIN, ...args], { ...process.env, ...environment });
}

/** Runs a program of Node's to its end. */
export async function runToEnd(args: readonly string[], env = process.env): Promise<Outcome> {
  const running = promisify(execFile)(process.execPath, args, { env });
  endWithTest(running.child);
  try {
    return { code: 0, ...(await running) };
  } catch (error) {
    return error as Outcome;
  }
}

/** Starts it. */
export function startTickring(args: readonly string[], options: SpawnOptions = {}): ChildProcess {
  return endWithTest(
    spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'], ...options }),
  );
}

/** Exit code, or the signal that it died of. */
export async function endOf(child: ChildProcess): Promise<number | string> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode ?? child.signalCode!;
}

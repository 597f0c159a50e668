import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach } from 'vitest';
import { until } from '../sim/client.ts';

export interface ProgramSettings {
  /** More of the constructor's. */
  params?: object;
  /** Subscribed when it connects: two in full mode, one in LTP mode, the rest in quote mode. */
  tokens?: readonly (number | string)[];
  /** Also each time that it connects again. */
  always?: boolean;
  /** One of the listeners of `ticks` throws. */
  throwing?: boolean;
}

export interface ProgramEvent {
  readonly event: string;
  readonly values: readonly unknown[];
}

const running: Program[] = [];
afterEach(async () => {
  for (const program of running.splice(0)) await program.kill();
});

/** A program that uses a ticker, in a process of its own: the official client may end its process. */
export class Program {
  readonly events: ProgramEvent[] = [];
  /** How the process ended; undefined while it lives. */
  exitCode: number | undefined;
  readonly #child: ChildProcess;

  constructor(from: 'kiteconnect' | 'tickring/kiteconnect', url: string, settings: ProgramSettings = {}) {
    const path = fileURLToPath(new URL('ticker-program.js', import.meta.url));
    const args = [from, `${url}/`, JSON.stringify(settings)];
    this.#child = fork(path, args, { serialization: 'advanced', silent: true, execArgv: [] });
    this.#child.on('message', (event: ProgramEvent) => this.events.push(event));
    this.#child.on('exit', (code) => {
      this.exitCode = code ?? -1;
    });
    running.push(this);
  }

  /** Calls a method of the ticker. */
  call(method: string, ...values: unknown[]): void {
    this.#child.send({ method, values });
  }

  /** What listeners of this event got, first arguments only. */
  of(event: string): unknown[] {
    return this.events.filter((each) => each.event === event).map(({ values }) => values[0]);
  }

  /** Names of the events so far, without those that come with the data. */
  get story(): string[] {
    return this.events.map(({ event }) => event).filter((event) => event !== 'message' && event !== 'ticks');
  }

  until(event: string, count: number): Promise<boolean> {
    return until(() => this.of(event).length >= count);
  }

  /** Lets go of the process: from now on only what the ticker holds keeps it alive. */
  release(): void {
    this.#child.disconnect();
  }

  async exited(): Promise<number> {
    await until(() => this.exitCode !== undefined);
    return this.exitCode!;
  }

  async kill(): Promise<void> {
    if (this.exitCode !== undefined) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }
}

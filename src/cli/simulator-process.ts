import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

const MAIN = new URL('./main.js', import.meta.url);

/** A simulator in a process of its own, so that it shares neither thread nor garbage collector with the feed. */
export class SimulatorProcess<Greeting, Stats> {
  /** What it said when it listened. */
  readonly greeting: Greeting;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, greeting: Greeting) {
    this.#child = child;
    this.greeting = greeting;
  }

  /** @param args what `tickring sim` takes */
  static async start<Greeting, Stats>(args: readonly string[]): Promise<SimulatorProcess<Greeting, Stats>> {
    const child = fork(MAIN, ['sim', ...args], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      // Its own process group: Ctrl-C is for the feed, which then ends the simulator.
      detached: true,
    });
    const [greeting] = (await once(child, 'message')) as [Greeting];
    return new SimulatorProcess<Greeting, Stats>(child, greeting);
  }

  /** Has nothing happen any more; answers what has been sent. */
  async pause(): Promise<Stats> {
    const answer = once(this.#child, 'message');
    this.#child.send('pause');
    const [{ stats }] = (await answer) as [{ stats: Stats }];
    return stats;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const exit = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await exit;
  }
}

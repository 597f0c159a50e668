import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { KiteSimulatorStats } from '../sim/index.ts';

/** What the simulator says when it listens. */
interface Greeting {
  url: string;
  instrumentTokens: number[];
}

const MAIN = new URL('./main.js', import.meta.url);

/** A simulator in a process of its own, so that it shares neither thread nor garbage collector with the feed. */
export class SimulatorProcess {
  readonly url: string;
  /** The universe. */
  readonly instrumentTokens: readonly number[];
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, { url, instrumentTokens }: Greeting) {
    this.#child = child;
    this.url = url;
    this.instrumentTokens = instrumentTokens;
  }

  /** @param args what `tickring sim` takes */
  static async start(args: readonly string[]): Promise<SimulatorProcess> {
    const child = fork(MAIN, ['sim', ...args], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      // Its own process group: Ctrl-C is for the feed, which then ends the simulator.
      detached: true,
    });
    const [greeting] = (await once(child, 'message')) as [Greeting];
    return new SimulatorProcess(child, greeting);
  }

  /** Stops producing ticks; answers what has been sent. */
  async pause(): Promise<KiteSimulatorStats> {
    const answer = once(this.#child, 'message');
    this.#child.send('pause');
    const [{ stats }] = (await answer) as [{ stats: KiteSimulatorStats }];
    return stats;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const exit = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await exit;
  }
}

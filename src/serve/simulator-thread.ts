import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { type Answer, Caller } from './calls.ts';
import { ServerError } from './errors.ts';
import type { SimulatorGreeting, SimulatorMethods, SimulatorTask } from './venues/venue-simulator.ts';

const WORKER = new URL('./simulator-worker.js', import.meta.url);

/** How long a simulator may take to answer, ms. */
const DEADLINE = 2000;

/** A simulator in a thread of its own. */
export class SimulatorThread {
  readonly greeting: SimulatorGreeting;
  readonly #worker: Worker;
  readonly #calls: Caller<SimulatorMethods>;

  private constructor(worker: Worker, greeting: SimulatorGreeting) {
    this.#worker = worker;
    this.greeting = greeting;
    this.#calls = new Caller('the simulator', (call) => worker.postMessage(call));
    worker.on('message', (answer: Answer) => this.#calls.settle(answer));
    worker.on('error', (error) => this.#calls.abandon(error));
  }

  /** Rejects with what keeps it from listening. */
  static async start(venue: string, rate: number | undefined): Promise<SimulatorThread> {
    const workerData: SimulatorTask = { venue, rate };
    const worker = new Worker(WORKER, { workerData, name: `tickring-sim-${venue}` });
    const [{ greeting }] = (await once(worker, 'message')) as [{ greeting: SimulatorGreeting }];
    return new SimulatorThread(worker, greeting);
  }

  /** Ends by itself, or because it was closed: an error says that it was not. */
  onFailure(listener: (error: ServerError) => void): void {
    this.#worker.on('error', (cause) =>
      listener(new ServerError('FAILED', `a simulator ended unexpectedly: ${cause.message}`, { cause })),
    );
  }

  /**
   * @returns how many connections it met
   * @throws ArgumentError
   */
  inject(fault: object, symbol: string | undefined): Promise<number> {
    return this.#calls.call(DEADLINE, 'inject', fault, symbol);
  }

  /** Never rejects. */
  async close(): Promise<void> {
    await this.#calls.call(DEADLINE, 'close').catch(() => {});
    await this.#worker.terminate();
  }
}

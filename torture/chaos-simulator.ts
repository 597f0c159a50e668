/** The chaos run's simulator, on a thread of its own: what holds up the feed's thread does not hold up the service. */
import { parentPort, Worker, workerData } from 'node:worker_threads';
import {
  type KiteFault,
  KiteSimulator,
  type KiteSimulatorOptions,
  type KiteSimulatorStats,
} from 'tickring/sim';

/** What one connection was sent of one instrument, as somebody has read it. */
export interface Claim {
  readonly session: number;
  readonly token: number;
  readonly packets: number;
  readonly hash: number;
}

export interface OpenSession {
  readonly id: number;
  readonly apiKey: string;
  readonly subscriptions: Map<number, string>;
}

/** What can be asked of it. */
interface Calls {
  url(): { url: string; tokens: number[] };
  inject(fault: KiteFault, apiKey: string | undefined): number;
  stats(): KiteSimulatorStats;
  subscriptions(): OpenSession[];
  pause(): void;
  /** Sends a message with this number on every connection. */
  mark(mark: number): void;
  /** The claims that are not the beginning of what was sent. */
  refuted(claims: readonly Claim[]): Claim[];
  /** Packets sent by session and token, of sessions that are open or ended with a closing handshake of ours. */
  sentWhole(): Map<number, Map<number, number>>;
  close(): Promise<void>;
}

type Call = { id: number; method: keyof Calls; args: unknown[] };

/** The other end: calls it from the thread that started it. */
export class ChaosSimulator {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, (value: unknown) => void>();
  #next = 0;

  constructor(options: KiteSimulatorOptions) {
    this.#worker = new Worker(new URL(import.meta.url), { workerData: { chaosSimulator: options } });
    this.#worker.on('message', ({ id, value }: { id: number; value: unknown }) => {
      this.#waiting.get(id)?.(value);
      this.#waiting.delete(id);
    });
  }

  call<Method extends keyof Calls>(
    method: Method,
    ...args: Parameters<Calls[Method]>
  ): Promise<Awaited<ReturnType<Calls[Method]>>> {
    const id = this.#next++;
    this.#worker.postMessage({ id, method, args });
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve as (value: unknown) => void);
    });
  }

  async stop(): Promise<void> {
    await this.call('close');
    await this.#worker.terminate();
  }
}

/** Close codes of ours: whoever answers one has read everything before it. */
const OWN_CODES = 4000;

async function serve(options: KiteSimulatorOptions): Promise<void> {
  const sim = new KiteSimulator(options);
  const whole = new Set<number>();
  sim.on('connection', ({ id }) => {
    whole.add(id);
    // First of all it is told who it is.
    sim.sendMessage({ session: id }, { connection: id });
  });
  sim.on('disconnect', ({ id, code }) => {
    if (code < OWN_CODES) whole.delete(id);
  });
  await sim.listen();
  const calls: Calls = {
    url: () => ({ url: sim.url, tokens: [...sim.instrumentTokens] }),
    inject: (fault, apiKey) => sim.inject(fault, apiKey === undefined ? {} : { apiKey }),
    stats: () => sim.stats(),
    subscriptions: () => sim.subscriptions(),
    pause: () => sim.pause(),
    mark: (mark) => sim.sendMessage({ mark }),
    refuted: (claims) =>
      claims.filter(({ session, token, packets, hash }) => sim.auditHash(session, token, packets) !== hash),
    sentWhole: () => {
      const sent = new Map<number, Map<number, number>>();
      for (const { connection, token, packets } of sim.audit()) {
        if (!whole.has(connection) || packets === 0) continue;
        const tokens = sent.get(connection) ?? new Map<number, number>();
        sent.set(connection, tokens.set(token, packets));
      }
      return sent;
    },
    close: () => sim.close(),
  };
  parentPort!.on('message', async ({ id, method, args }: Call) => {
    const value = await (calls[method] as (...args: unknown[]) => unknown)(...args);
    parentPort!.postMessage({ id, value });
  });
}

if (workerData?.chaosSimulator) await serve(workerData.chaosSimulator);

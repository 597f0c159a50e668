import { KiteSimulator, type KiteSimulatorOptions } from 'tickring/sim';
import { afterEach } from 'vitest';
import { quietPort } from '../support/quiet-port.ts';

const running: KiteSimulator[] = [];
afterEach(async () => {
  for (const sim of running.splice(0)) await sim.close();
});

/** A simulator that ends with the test. */
export async function simulator(options: KiteSimulatorOptions = {}): Promise<KiteSimulator> {
  const sim = new KiteSimulator({ instruments: 4_000, ...options });
  running.push(sim);
  await sim.listen();
  return sim;
}

/** One that ticks only when a test says so: what comes first is snapshots. */
export async function paused(options: KiteSimulatorOptions = {}): Promise<KiteSimulator> {
  const sim = await simulator(options);
  sim.pause();
  return sim;
}

/** Where nothing listens. */
export async function deadUrl(): Promise<string> {
  return `ws://127.0.0.1:${await quietPort()}`;
}

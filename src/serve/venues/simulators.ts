import type { OpenSimulator } from './venue-simulator.ts';

/** How to start each venue's simulator; loaded when it is called for. */
export const SIMULATORS: Readonly<Record<string, () => Promise<OpenSimulator>>> = {
  kite: async () => (await import('./kite/simulator.ts')).openKiteSimulator,
  kraken: async () => (await import('./kraken/simulator.ts')).openKrakenSimulator,
  kalshi: async () => (await import('./kalshi/simulator.ts')).openKalshiSimulator,
};

import { ArgumentError } from '../../../errors.ts';
import type { KiteFault } from '../../../sim/kite/faults.ts';
import { KiteSimulator } from '../../../sim/kite/server.ts';
import type { VenueSimulator } from '../venue-simulator.ts';

/** Ticks a second: enough to look alive, and little for a small machine. */
const RATE = 5000;

export async function openKiteSimulator(rate: number = RATE): Promise<VenueSimulator> {
  const simulator = new KiteSimulator({ rate });
  await simulator.listen();
  return {
    greeting: { url: simulator.url, symbols: Array.from(simulator.instrumentTokens, String) },
    inject(fault, symbol) {
      if (symbol !== undefined)
        throw new ArgumentError("kite's faults meet whole connections: leave symbol out");
      return simulator.inject(fault as KiteFault);
    },
    close: () => simulator.close(),
  };
}

import type { KrakenFault } from '../../../sim/kraken/faults.ts';
import { KrakenSimulator } from '../../../sim/kraken/server.ts';
import type { VenueSimulator } from '../venue-simulator.ts';

export async function openKrakenSimulator(rate: number | undefined): Promise<VenueSimulator> {
  const simulator = new KrakenSimulator({ ...(rate !== undefined && { rate }) });
  await simulator.listen();
  return {
    greeting: { url: simulator.url, symbols: simulator.symbols },
    inject: (fault, symbol) => simulator.inject(fault as KrakenFault, symbol === undefined ? {} : { symbol }),
    close: () => simulator.close(),
  };
}

import type { OpenVenueReading } from './venue-reading.ts';

/** How to read each venue; loaded when it is called for. */
export const READINGS: Readonly<Record<string, () => Promise<OpenVenueReading>>> = {
  kite: async () => (await import('./kite/reading.ts')).openKiteReading,
  kraken: async () => (await import('./kraken/reading.ts')).openKrakenReading,
  kalshi: async () => (await import('./kalshi/reading.ts')).openKalshiReading,
};

import type { OpenVenueRecords } from './venue-records.ts';

/** How to read every record of each venue; loaded when it is called for. */
export const RECORDS: Readonly<Record<string, () => Promise<OpenVenueRecords>>> = {
  kite: async () => (await import('./kite/records.ts')).openKiteRecords,
  kraken: async () => (await import('./kraken/records.ts')).openKrakenRecords,
  kalshi: async () => (await import('./kalshi/records.ts')).openKalshiRecords,
};

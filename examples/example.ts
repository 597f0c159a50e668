import type { KiteSimulator } from 'tickring/sim';

/** Where an example connects, and the simulator that is there. */
export interface Service {
  readonly url: string;
  readonly apiKey: string;
  readonly accessToken: string;
  readonly simulator: KiteSimulator;
}

/** Runs for a few seconds at most, prints something worth seeing, and ends by itself. */
export type Example = (service: Service) => Promise<void>;

/** Instruments of Kite's documentation. */
export const NAMES: ReadonlyMap<number, string> = new Map([
  [256265, 'NIFTY 50'],
  [738561, 'RELIANCE'],
  [408065, 'INFY'],
  [341249, 'HDFCBANK'],
  [779521, 'SBIN'],
]);

export function nameOf(token: number): string {
  return NAMES.get(token) ?? String(token);
}

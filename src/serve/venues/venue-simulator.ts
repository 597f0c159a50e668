import type { FaultTable } from '../../sim/fault-table.ts';
import type { FaultValue, VenueFaults } from './venue-feed.ts';

/** What a simulator's thread is started with. */
export interface SimulatorTask {
  readonly venue: string;
  readonly rate: number | undefined;
}

/** Where a simulator listens, and what it has. */
export interface SimulatorGreeting {
  readonly url: string;
  readonly symbols: readonly string[];
  /** What a feed has to show, where the venue asks for it: good for this simulator alone. */
  readonly credentials?: { readonly keyId: string; readonly privateKey: string };
}

/** A venue's simulator, as its thread runs it. */
export interface VenueSimulator {
  readonly greeting: SimulatorGreeting;
  /**
   * @param fault a fault of the venue's table
   * @returns how many connections it met
   * @throws ArgumentError
   */
  inject(fault: object, symbol: string | undefined): number;
  close(): Promise<void>;
}

/** Starts a venue's simulator. */
export type OpenSimulator = (rate: number | undefined) => Promise<VenueSimulator>;

/** What can be asked of a simulator's thread. */
export interface SimulatorMethods {
  inject(fault: object, symbol: string | undefined): number;
  close(): Promise<void>;
}

/** The kinds of a venue's table, for whoever chooses one. */
export function faultKinds<Fault extends { readonly kind: string }>(
  table: FaultTable<Fault>,
): VenueFaults['faults'] {
  return table.kinds.map((fault) => {
    const number = table.numberOf(fault);
    const value: FaultValue | null = number
      ? { name: number.name, default: number.otherwise ?? null, low: number.low, high: number.high }
      : null;
    return { fault, value };
  });
}

import { ArgumentError } from '../../errors.ts';
import type { FaultTable } from '../../sim/fault-table.ts';
import type { SimulatorThread } from '../simulator-thread.ts';
import { Stalls } from './stalls.ts';
import type { FaultRequest, VenueFaults } from './venue-feed.ts';
import { faultKinds } from './venue-simulator.ts';

/** ms; below the `stallLimit` of feeds, so that the reader is not expelled. */
const STALL = { name: 'ms', default: 5000, low: 1, high: 8000 } as const;
const STALL_DECODER = 'stall-decoder';

/** What goes wrong at a simulated venue, on order: faults of its simulator, and one of our own side. */
export class FaultDesk<Fault extends { readonly kind: string }> {
  readonly #simulator: SimulatorThread;
  readonly #table: FaultTable<Fault>;
  readonly #panel: Readonly<Record<string, Fault['kind']>>;
  readonly #stalls: Stalls;

  /**
   * @param panel faults that show best, by what they do
   * @param openGatingReader joins all rings of the feed
   */
  constructor(
    simulator: SimulatorThread,
    table: FaultTable<Fault>,
    panel: Readonly<Record<string, Fault['kind']>>,
    openGatingReader: () => Disposable,
  ) {
    this.#simulator = simulator;
    this.#table = table;
    this.#panel = panel;
    this.#stalls = new Stalls(openGatingReader);
  }

  list(): VenueFaults {
    const panel = Object.entries(this.#panel).map(([name, fault]) => {
      return { name, fault, value: this.#table.numberOf(fault)?.otherwise ?? null };
    });
    return {
      panel: [...panel, { name: STALL_DECODER, fault: STALL_DECODER, value: STALL.default }],
      faults: [...faultKinds(this.#table), { fault: STALL_DECODER, value: STALL }],
    };
  }

  /**
   * @returns how many connections it met
   * @throws ArgumentError
   */
  async inject({ fault, value, symbol }: FaultRequest): Promise<number> {
    if (fault !== STALL_DECODER) return this.#simulator.inject(this.#table.make(fault, value), symbol);
    const { low, high, default: otherwise } = STALL;
    const ms = value ?? otherwise;
    if (!Number.isInteger(ms) || ms < low || ms > high)
      throw new ArgumentError(`ms of ${STALL_DECODER} must be an integer from ${low} to ${high}, not ${ms}`);
    this.#stalls.begin(ms);
    return 0;
  }

  async close(): Promise<void> {
    this.#stalls.close();
    await this.#simulator.close();
  }
}

import type { ExchangeClock } from '../exchange-clock.ts';
import { mix } from '../random.ts';
import { microsText } from './time-text.ts';

/** What the engine takes. */
export type KrakenSystem = 'online' | 'cancel_only' | 'maintenance' | 'post_only';

const VERSION = '2.0.10';

/** The state of the engine, and how connections are told it. */
export class EngineStatus {
  readonly #clock: ExchangeClock;
  readonly #seed: number;
  readonly #onChange: () => void;
  #system: KrakenSystem = 'online';
  /** Of a maintenance that is on, µs since the epoch. */
  #begin = 0;
  #end: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param onChange everybody has to be told */
  constructor(clock: ExchangeClock, seed: number, onChange: () => void) {
    this.#clock = clock;
    this.#seed = seed;
    this.#onChange = onChange;
  }

  /** True while nothing happens in markets and accounts. */
  get isDown(): boolean {
    return this.#system === 'maintenance';
  }

  set(system: KrakenSystem): void {
    clearTimeout(this.#timer);
    this.#system = system;
    this.#end = undefined;
    this.#onChange();
  }

  /** Down for so many ms, and then online. */
  maintain(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.set('online'), ms);
    this.#system = 'maintenance';
    this.#begin = this.#clock.now();
    this.#end = this.#begin + ms * 1000;
    this.#onChange();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** The message for one connection, by its id. */
  text(connection: number): string {
    return (
      `{"channel":"status","type":"update","data":[{"version":"${VERSION}","system":"${this.#system}"` +
      `,"api_version":"v2","connection_id":${this.#connectionId(connection)}` +
      `,"upcoming_maintenance":[${this.#maintenance()}],"emergency":[]}]}`
    );
  }

  #maintenance(): string {
    if (this.#end === undefined) return '';
    return JSON.stringify({
      event_id: 1,
      title: 'Simulated maintenance',
      expected_start_utc: microsText(this.#begin),
      expected_end_utc: microsText(this.#end),
      time_to_start_s: 0,
      phase: 'in_progress',
      affected_services: ['spot_ws', 'spot_trading'],
      order_submission: 'unavailable',
      recommended_action: 'wait',
    });
  }

  /** 64 bits as decimal text, past what a JavaScript number holds. */
  #connectionId(connection: number): string {
    const high = (mix(this.#seed, connection) | 0x8000_0000) >>> 0;
    return String((BigInt(high) << 32n) | BigInt(mix(this.#seed + 1, connection)));
  }
}

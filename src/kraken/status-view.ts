import { KrakenView } from './kraken-view.ts';
import * as layout from './record-layout.ts';

/** What the exchange does; `'unknown'`, for a word that this version does not know, is to be taken for "not online". */
export type SystemWord = 'unknown' | 'online' | 'cancel_only' | 'maintenance' | 'post_only' | 'limit_only';

/** By the SYSTEM_ numbers of the layout. */
const SYSTEMS: readonly SystemWord[] = [
  'unknown',
  'online',
  'cancel_only',
  'maintenance',
  'post_only',
  'limit_only',
];

/** A status message as a plain object. */
export interface Status {
  kind: 'status';
  system: SystemWord;
  maintenancePlanned: boolean;
  emergency: boolean;
  connectionId: string;
}

/** State of the exchange: comes once when a connection opens, and whenever it changes. It belongs to no symbol. */
export class StatusView extends KrakenView {
  readonly kind = 'status';

  /** Always empty. */
  override get symbol(): string {
    return '';
  }

  get system(): SystemWord {
    return SYSTEMS[this.fields.uint8(layout.STATUS_SYSTEM)] ?? 'unknown';
  }

  /** Whether maintenance was announced; the feed's `status` event has the service's own words. */
  get maintenancePlanned(): boolean {
    return this.fields.uint8(layout.STATUS_MAINTENANCE_PLANNED) !== 0;
  }

  get emergency(): boolean {
    return this.fields.uint8(layout.STATUS_EMERGENCY) !== 0;
  }

  /** Kraken's number of the connection, beyond what a number holds; 0n when it had none. */
  get connectionId(): bigint {
    return this.fields.uint64(layout.STATUS_CONNECTION_ID);
  }

  override toObject(): Status {
    const { kind, system, maintenancePlanned, emergency } = this;
    return { kind, system, maintenancePlanned, emergency, connectionId: String(this.connectionId) };
  }
}

import { attach, type KiteHandle } from '../../../kite/attachment.ts';
import type { TickView } from '../../../kite/view.ts';
import { type RecordForm, VenueRecords } from '../venue-records.ts';
import { tickObject } from './reading.ts';

const TICKS: RecordForm<TickView> = {
  kind: () => 'tick',
  object: (tick) => tickObject(String(tick.instrumentToken), tick),
};

export function openKiteRecords(handle: unknown): VenueRecords {
  return new VenueRecords(attach(handle as KiteHandle).reader(), TICKS) as VenueRecords;
}

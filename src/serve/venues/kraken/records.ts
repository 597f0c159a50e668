import { attach, type KrakenHandle } from '../../../kraken/attachment.ts';
import type { KrakenRecord } from '../../../kraken/view.ts';
import { type RecordForm, VenueRecords } from '../venue-records.ts';
import { recordObject } from './reading.ts';

const RECORDS: RecordForm<KrakenRecord> = { kind: ({ kind }) => kind, object: recordObject };

export function openKrakenRecords(handle: unknown): VenueRecords {
  return new VenueRecords(attach(handle as KrakenHandle).reader(), RECORDS) as VenueRecords;
}

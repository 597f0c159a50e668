import { attach, type KalshiHandle } from '../../../kalshi/attachment.ts';
import type { KalshiRecord } from '../../../kalshi/view.ts';
import { type RecordForm, VenueRecords } from '../venue-records.ts';
import { recordObject } from './reading.ts';

const RECORDS: RecordForm<KalshiRecord> = { kind: ({ kind }) => kind, object: recordObject };

export function openKalshiRecords(handle: unknown): VenueRecords {
  return new VenueRecords(attach(handle as KalshiHandle).reader(), RECORDS) as VenueRecords;
}

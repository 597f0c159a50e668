import * as layout from './latest-table-layout.ts';
import { RECORD_BYTES } from './record-layout.ts';

/** Bytes of a latest table with so many places. */
export function latestBytes(places: number): number {
  if (places === 0) return 0;
  const perPlace =
    RECORD_BYTES + layout.LATEST_ENTRIES_PER_PLACE * layout.LATEST_ENTRY_BYTES + layout.LATEST_SEQUENCE_BYTES;
  const blocks = Math.ceil(places / layout.LATEST_BLOCK_PLACES);
  return layout.LATEST_RECORDS + places * perPlace + blocks * layout.LATEST_BLOCK_BYTES;
}

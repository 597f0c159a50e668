import { RECORD_BYTES } from '../../memory/record-layout.ts';
import type { RecordReader } from '../../memory/record-reader.ts';
import type { RawRecord } from './raw-records.ts';

/** The head of a batch: uint32 each, little-endian. */
export const BATCH_VERSION = 1;
const VERSION_AT = 0;
const CONNECTION_AT = 4;
const COUNT_AT = 8;
const DROPPED_AT = 12;
export const BATCH_HEAD_BYTES = 16;

/** What one connection brought since the last time. */
export interface RecordBatch {
  readonly connection: number;
  /** Head and records. */
  readonly bytes: Buffer;
  readonly count: number;
}

/**
 * Takes what a reader has; undefined when that is nothing.
 *
 * @param dropped records that were lost before these
 */
export function takeBatch(
  reader: RecordReader<RawRecord>,
  connection: number,
  dropped: number,
): RecordBatch | undefined {
  const records = reader.drain();
  if (records.size === 0) return undefined;
  const bytes = Buffer.allocUnsafe(BATCH_HEAD_BYTES + records.size * RECORD_BYTES);
  let count = 0;
  for (const record of records) {
    record.copyTo(bytes, BATCH_HEAD_BYTES + count * RECORD_BYTES);
    count += 1;
    // A conflating reader may have come upon more meanwhile: they stay for the next batch.
    if (count === records.size) break;
  }
  if (count === 0) return undefined;
  bytes.writeUInt32LE(BATCH_VERSION, VERSION_AT);
  bytes.writeUInt32LE(connection, CONNECTION_AT);
  bytes.writeUInt32LE(count, COUNT_AT);
  bytes.writeUInt32LE(dropped >>> 0, DROPPED_AT);
  return { connection, bytes: bytes.subarray(0, BATCH_HEAD_BYTES + count * RECORD_BYTES), count };
}

/** The same for a client that missed some besides: its own copy. */
export function withDropped({ bytes }: RecordBatch, more: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt32LE((copy.readUInt32LE(DROPPED_AT) + more) >>> 0, DROPPED_AT);
  return copy;
}

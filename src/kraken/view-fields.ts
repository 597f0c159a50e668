/** Fields that may be absent: what views of all kinds need to read theirs. */

import { absent, type RecordFields } from '../memory/record-fields.ts';
import { ABSENT_COUNT, SCALE_ABSENT } from './record-layout.ts';

// Imported constants are loaded anew each time; those of this file V8 knows.
const ABSENT = SCALE_ABSENT;
const NO_COUNT = ABSENT_COUNT;
const NO_BYTE = 0xff;

/** A decimal with all its decimals; undefined when it was absent. */
export function optionalText(fields: RecordFields, offset: number, scale: number): string | undefined {
  const decimals = fields.uint8(scale);
  return decimals === ABSENT ? undefined : fields.decimalText(offset, decimals);
}

/** A decimal with all its decimals; `'NaN'` when it was absent. */
export function requiredText(fields: RecordFields, offset: number, scale: number): string {
  return optionalText(fields, offset, scale) ?? 'NaN';
}

/** A decimal's integer; undefined when it was absent. */
export function integerOf(fields: RecordFields, offset: number, scale: number): bigint | undefined {
  return fields.uint8(scale) === ABSENT ? undefined : fields.int64(offset);
}

/** How many decimals a decimal has; undefined when it was absent. */
export function scaleOf(fields: RecordFields, scale: number): number | undefined {
  const decimals = fields.uint8(scale);
  return decimals === ABSENT ? absent() : decimals;
}

/** A uint32; undefined when it was absent. */
export function optionalCount(fields: RecordFields, offset: number): number | undefined {
  const count = fields.uint32(offset);
  return count === NO_COUNT ? absent() : count;
}

/** A uint8; undefined when it was absent. */
export function optionalByte(fields: RecordFields, offset: number): number | undefined {
  const value = fields.uint8(offset);
  return value === NO_BYTE ? absent() : value;
}

/** Kite's segments: the low byte of an instrument token names the exchange and with it the price divisor. */

import { ArgumentError } from '../errors.ts';

/** The exchange of a segment, as Kite names it. */
export type Exchange =
  | 'NSE'
  | 'NFO'
  | 'CDS'
  | 'BSE'
  | 'BFO'
  | 'BCD'
  | 'MCX'
  | 'MCXSX'
  | 'INDICES'
  | 'NCO'
  | 'UNKNOWN';

export interface Segment {
  readonly exchange: Exchange | (string & {});
  /** Raw integer price ÷ divisor = price in rupees. */
  readonly divisor: number;
}

/** Segment number (`token & 0xff`) → exchange and divisor. */
export type SegmentTable = Readonly<Record<number, Segment>>;

/** Segments of the public documentation, with the currency and commodity divisors that it and the exchanges give. */
export const SEGMENTS: SegmentTable = {
  1: { exchange: 'NSE', divisor: 100 },
  2: { exchange: 'NFO', divisor: 100 },
  3: { exchange: 'CDS', divisor: 10_000_000 },
  4: { exchange: 'BSE', divisor: 100 },
  5: { exchange: 'BFO', divisor: 100 },
  6: { exchange: 'BCD', divisor: 10_000 },
  7: { exchange: 'MCX', divisor: 100 },
  8: { exchange: 'MCXSX', divisor: 100 },
  9: { exchange: 'INDICES', divisor: 100 },
  12: { exchange: 'NCO', divisor: 10_000 },
};

/** The one segment whose instruments cannot be traded. */
export const INDICES_SEGMENT = 9;

/** What a token of a segment in no table gets, with the record's *unknown segment* flag set. */
export const UNKNOWN_SEGMENT: Segment = { exchange: 'UNKNOWN', divisor: 100 };

export function segmentOf(instrumentToken: number): number {
  return instrumentToken & 0xff;
}

/** A segment table spread over all 256 segments, so that a decode looks up and never branches. */
export interface ResolvedSegments {
  /** Segment → divisor; 100 where the table has none. */
  readonly divisors: Float64Array;
  /** Segment → exchange; `'UNKNOWN'` where the table has none. */
  readonly exchanges: readonly string[];
  /** Segment → 1 where the table has it, else 0. */
  readonly known: Uint8Array;
}

const SEGMENT_COUNT = 256;
const resolved = new WeakMap<SegmentTable, ResolvedSegments>();

/**
 * Spreads a table once; the result is kept with the table object, which must not change afterwards.
 *
 * @throws {ArgumentError} a segment outside 0–255, or a divisor that is no positive int32.
 */
export function resolveSegments(table: SegmentTable = SEGMENTS): ResolvedSegments {
  let result = resolved.get(table);
  if (result === undefined) {
    result = spread(table);
    resolved.set(table, result);
  }
  return result;
}

function spread(table: SegmentTable): ResolvedSegments {
  const divisors = new Float64Array(SEGMENT_COUNT).fill(UNKNOWN_SEGMENT.divisor);
  const exchanges = new Array<string>(SEGMENT_COUNT).fill(UNKNOWN_SEGMENT.exchange);
  const known = new Uint8Array(SEGMENT_COUNT);
  for (const [key, { exchange, divisor }] of Object.entries(table)) {
    const segment = Number(key);
    if (!Number.isInteger(segment) || segment < 0 || segment >= SEGMENT_COUNT) {
      throw new ArgumentError(
        `segment ${key} of the segment table is not the low byte of a token; use 0 to 255`,
      );
    }
    if (!Number.isInteger(divisor) || divisor <= 0 || divisor > 0x7fff_ffff) {
      throw new ArgumentError(
        `the divisor ${divisor} of segment ${key} cannot divide a price; use a positive 32-bit integer`,
      );
    }
    divisors[segment] = divisor;
    exchanges[segment] = exchange;
    known[segment] = 1;
  }
  return { divisors, exchanges, known };
}

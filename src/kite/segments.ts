/** Kite's segments: the low byte of an instrument token names the exchange and with it the price divisor. */

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

import { INDICES_SEGMENT, segmentOf } from '../../kite/segments.ts';
import { mix, Random } from '../random.ts';

/** How far, in price steps, a price walks from its base at most. */
export const WALK_STEPS = 128;

/** What the market needs to know of an instrument. Prices are raw integers, before the segment's divisor. */
export interface Instrument {
  /** Unsigned 32 bits; the low byte is the segment. */
  readonly token: number;
  /** The price that the walk returns to: a multiple of `tickSize`. */
  readonly basePrice: number;
  /** The smallest price step. */
  readonly tickSize: number;
  /** Every quantity is a multiple of it. */
  readonly lotSize: number;
  /** Volume at the start of the simulation. */
  readonly volume: number;
  /** Open interest at the start; 0 for what has none. */
  readonly openInterest: number;
}

interface Template {
  /** Base price range in price steps. At least `WALK_STEPS` and the depth from zero, so that prices stay positive. */
  readonly steps: readonly [low: number, high: number];
  readonly tickSize: number;
  readonly lotSize: number;
  readonly openInterest: boolean;
  /** Share of the generated universe, in percent. */
  readonly share: number;
}

const TEMPLATES: ReadonlyMap<number, Template> = new Map([
  [1, { steps: [400, 100_000], tickSize: 5, lotSize: 1, openInterest: false, share: 22 }],
  [2, { steps: [200, 12_000], tickSize: 5, lotSize: 75, openInterest: true, share: 35 }],
  [3, { steps: [28_000, 44_000], tickSize: 25_000, lotSize: 1, openInterest: true, share: 5 }],
  [4, { steps: [400, 100_000], tickSize: 5, lotSize: 1, openInterest: false, share: 12 }],
  [5, { steps: [200, 12_000], tickSize: 5, lotSize: 20, openInterest: true, share: 8 }],
  [6, { steps: [28_000, 44_000], tickSize: 25, lotSize: 1, openInterest: true, share: 4 }],
  [7, { steps: [1_000, 90_000], tickSize: 100, lotSize: 1, openInterest: true, share: 8 }],
  [8, { steps: [7_000, 11_000], tickSize: 1, lotSize: 1, openInterest: true, share: 1 }],
  [9, { steps: [100_000, 1_000_000], tickSize: 5, lotSize: 1, openInterest: false, share: 2 }],
  [12, { steps: [20_000, 2_000_000], tickSize: 100, lotSize: 1, openInterest: true, share: 3 }],
]);

/** Real instruments of the documentation, then a few that reach the corners of the number formats. */
const WELL_KNOWN: ReadonlyMap<number, Partial<Instrument>> = new Map<number, Partial<Instrument>>([
  [256265, { basePrice: 2_340_685 }], // NIFTY 50
  [265, { basePrice: 7_681_090 }], // SENSEX
  [408065, { basePrice: 151_500 }], // INFY
  [738561, { basePrice: 294_070 }], // RELIANCE
  [779521, { basePrice: 84_000 }], // SBIN
  [341249, { basePrice: 168_000 }], // HDFCBANK
  [884737, { basePrice: 98_000 }], // TATAMOTORS
  [31132428, { basePrice: 3_782_000 }], // NCO: 378.20
  [31503116, { basePrice: 268_500_000 }], // NCO: 26,850.00
  [33539084, { basePrice: 84_940_000 }], // NCO: 8,494.00
  [3677697, { basePrice: 1_500, volume: 2 ** 32 - 20_000 }], // IDEA, whose daily volume passes 2^32 and wraps
  [((1_000_001 << 8) | 7) >>> 0, { basePrice: -376_300 }], // a commodity at a negative price
  [((1_000_002 << 8) | 7) >>> 0, { basePrice: 0 }], // a commodity whose price crosses zero
  [((0x90_0000 << 8) | 2) >>> 0, { openInterest: 3_000_000_000 }], // token and open interest past 2^31
]);

/** Spreads the segments over the universe, so that any slice of it holds a mixture. 37 and 100 share no factor. */
const SEGMENT_PATTERN: readonly number[] = [...TEMPLATES].flatMap(([segment, { share }]) =>
  new Array<number>(share).fill(segment),
);
const PATTERN_STRIDE = 37;

/** Generated exchange tokens of a segment start here: past those of the well-known instruments but MCX's. */
const FIRST_EXCHANGE_TOKEN = 150_000;
/** Every so many generated instruments one has a token past 2^31, as an unsigned reader must take it. */
const HIGH_TOKEN_EVERY = 200;
const HIGH_EXCHANGE_TOKEN = 0x91_0000;

/** The first `count` instrument tokens of the simulated universe: well-known ones first, all segments mixed after. */
export function universe(count: number): Uint32Array {
  const tokens = new Uint32Array(count);
  const known = [...WELL_KNOWN.keys()];
  for (let i = 0; i < count; i++) {
    const generated = i - known.length;
    if (generated < 0) {
      tokens[i] = known[i]!;
      continue;
    }
    const segment = SEGMENT_PATTERN[(generated * PATTERN_STRIDE) % SEGMENT_PATTERN.length]!;
    const high = generated % HIGH_TOKEN_EVERY === HIGH_TOKEN_EVERY - 1;
    const exchangeToken = generated + (high ? HIGH_EXCHANGE_TOKEN : FIRST_EXCHANGE_TOKEN);
    tokens[i] = (exchangeToken << 8) | segment;
  }
  return tokens;
}

/** True for the tokens of indices, whose packets are shorter. */
export function isIndex(token: number): boolean {
  return segmentOf(token) === INDICES_SEGMENT;
}

/**
 * The instrument of a token: the same for the same token and seed, however it was asked for.
 * `undefined` when the token's segment is unknown.
 */
export function describeInstrument(token: number, seed: number): Instrument | undefined {
  const template = TEMPLATES.get(segmentOf(token));
  if (template === undefined) return undefined;
  const random = new Random(mix(seed, token));
  const { tickSize, lotSize } = template;
  return {
    token,
    basePrice: random.between(...template.steps) * tickSize,
    tickSize,
    lotSize,
    volume: isIndex(token) ? 0 : random.between(100, 50_000) * lotSize,
    openInterest: template.openInterest ? random.between(1_000, 100_000) * lotSize : 0,
    ...WELL_KNOWN.get(token),
  };
}

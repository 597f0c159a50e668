import { mix, Random } from '../random.ts';
import { COUNT_UNITS } from './decimal.ts';
import type { WireForm } from './era.ts';
import { uuid } from './identifiers.ts';
import type { Structure } from './price-grid.ts';

/** What a market needs to know of itself. */
export interface MarketDefinition {
  readonly ticker: string;
  /** A UUID; '' for a market that is over. */
  readonly id: string;
  readonly event: string;
  readonly series: string;
  readonly structure: Structure;
  /** The YES price that the walk returns to, 1/10,000 $. */
  readonly center: number;
  /** Levels that a side is kept at, fewest and most. */
  readonly levels: { readonly yes: readonly [number, number]; readonly no: readonly [number, number] };
  /** Every count is a multiple of it: 100 for whole contracts. */
  readonly countStep: number;
  /** True for combinations of other markets. */
  readonly isMultivariate: boolean;
  /** True for a market that begins with nothing in its book, and without a trade. */
  readonly isNew: boolean;
  /** True for a market that is over: nobody trades, its book is empty. */
  readonly isOver: boolean;
}

const DEEP: readonly [number, number] = [20, 45];
const THIN: readonly [number, number] = [0, 4];
const EMPTY: readonly [number, number] = [0, 0];

interface Known extends Partial<MarketDefinition> {
  readonly ticker: string;
}

/** Tickers as they really look: points, cents, ladders of strikes, combinations. */
const KNOWN: readonly Known[] = [
  { ticker: 'KXBTCD-26OCT0917-T72749.99', center: 4_200 },
  { ticker: 'KXETHD-26OCT0917-T1819.99', center: 9_700, structure: 'tapered_deci_cent' },
  { ticker: 'FED-26DEC-T3.00', center: 5_100, structure: 'deci_cent' },
  { ticker: 'KXMVESPORTS-26OCT09-S7F3', center: 120, structure: 'center_deci_edge_centi_cent' },
  { ticker: 'KXMLBHIT-26OCT091845CINWSH-WSHNNUEZ26-1', center: 4_900, levels: { yes: THIN, no: THIN } },
  { ticker: 'KXQUICKSETTLE-26OCT09H2050-2', id: '', isOver: true, levels: { yes: EMPTY, no: EMPTY } },
  { ticker: 'KXXRP-26OCT0917-B1.3899500', center: 1_400, structure: 'half_cent' },
  { ticker: 'CPI-26DEC-TN0.1', center: 600, levels: { yes: DEEP, no: EMPTY } },
  { ticker: 'HIGHNY-26OCT09-B53.5', center: 3_600 },
  { ticker: 'KXMVEPRES-26OCT09-S9A1', center: 9_930, structure: 'center_deci_edge_centi_cent' },
  { ticker: 'KXSOLD-26OCT0917-T73.9999', center: 9_000, levels: { yes: EMPTY, no: DEEP } },
  { ticker: 'KXETHMINMON-ETH-26OCT31-175000', center: 4_100 },
];

const STRUCTURE_TURNS: readonly Structure[] = [
  'linear_cent',
  'linear_cent',
  'deci_cent',
  'linear_cent',
  'tapered_deci_cent',
  'half_cent',
];

/** The markets of the simulated exchange: well-known ones first, generated ones after. The same for the same seed. */
export function universe(count: number, seed: number, form: WireForm): MarketDefinition[] {
  return Array.from({ length: count }, (_, i) => {
    const known = KNOWN[i];
    if (known !== undefined) return define(known, seed, form);
    const number = i - KNOWN.length;
    const random = new Random(mix(seed, number + 1));
    const strike = (random.between(100, 99_999) / 100).toFixed(2);
    const ticker = `KXSIM${Math.floor(number / 10)}-26OCT09-T${strike}N${number % 10}`;
    const structure = STRUCTURE_TURNS[number % STRUCTURE_TURNS.length]!;
    return define({ ticker, structure, center: random.between(4, 96) * 100 }, seed, form);
  });
}

/** A market with everything that is not given made up from its ticker. */
export function define(known: Known, seed: number, form: WireForm): MarketDefinition {
  const { ticker } = known;
  const parts = ticker.split('-');
  const random = tickerRandom(ticker, seed);
  const isMultivariate = ticker.startsWith('KXMVE');
  return {
    id: uuid(random),
    event: parts.slice(0, -1).join('-'),
    series: parts[0]!,
    center: 5_000,
    levels: { yes: DEEP, no: DEEP },
    isMultivariate,
    isNew: false,
    isOver: false,
    ...known,
    structure: form.integers ? 'linear_cent' : (known.structure ?? 'linear_cent'),
    countStep: form.integers || random.between(0, 3) === 0 ? COUNT_UNITS : 1,
  };
}

/** A generator that depends on a ticker and the seed only. */
export function tickerRandom(ticker: string, seed: number): Random {
  let state = seed;
  for (let i = 0; i < ticker.length; i++) state = mix(state, ticker.charCodeAt(i));
  return new Random(state);
}

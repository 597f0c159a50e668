import { mix, Random } from '../random.ts';
import { unitsOf } from './decimal.ts';

/** What a market needs to know of a pair. Prices and quantities are whole numbers of units of their precision. */
export interface Instrument {
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  readonly pricePrecision: number;
  readonly qtyPrecision: number;
  readonly costPrecision: number;
  /** The price that the walk returns to. */
  readonly basePrice: number;
  /** About what lies at a level. */
  readonly typicalQuantity: number;
  /** Levels that a side is kept at, fewest and most. */
  readonly levels: readonly [fewest: number, most: number];
  /** Traded in the 24 hours before the start. */
  readonly dayVolume: bigint;
  /** Levels far away that nobody touches, for the corners of number formats. */
  readonly outliers: { readonly asks: readonly Outlier[]; readonly bids: readonly Outlier[] };
  /** True for tokenized stocks, which the instrument channel leaves out unless it is asked for them. */
  readonly isTokenized: boolean;
}

export interface Outlier {
  readonly price: number;
  readonly quantity: number;
}

/** More than the deepest subscription shows, so that levels that come and go at the end are never seen. */
const DEEP: Instrument['levels'] = [1_050, 1_150];
/** Fewer than the checksum covers; sides that run empty. */
const THIN: Instrument['levels'] = [0, 7];
const NO_OUTLIERS: Instrument['outliers'] = { asks: [], bids: [] };

type Known = readonly [
  symbol: string,
  pricePrecision: number,
  qtyPrecision: number,
  price: string,
  quantity: string,
  more?: Partial<Instrument>,
];

/** Real pairs with their real precisions, as far as they are known. */
const KNOWN: readonly Known[] = [
  ['BTC/USD', 1, 8, '81776.6', '0.20000000'],
  ['ETH/USD', 2, 8, '3215.88', '3.00000000'],
  ['XRP/USD', 5, 8, '1.08100', '4500.00000000'],
  ['ALGO/USD', 5, 8, '0.18240', '9000.00000000'],
  ['SHIB/USD', 9, 5, '0.000012345', '2500000.00000'],
  ['USDG/USD', 4, 5, '1.0000', '20000.00000'],
  ['USDT/USD', 5, 8, '0.99980', '90000.00000000', { dayVolume: 27_063_827_750_461_281n }],
  ['EURQ/USD', 4, 5, '1.1652', '400.00000', { levels: THIN }],
  [
    'BCH/USD',
    2,
    8,
    '541.37',
    '2.00000000',
    {
      levels: [6, 20],
      outliers: {
        asks: [{ price: unitsOf('886110000000.00', 2), quantity: unitsOf('0.00010000', 8) }],
        bids: [{ price: unitsOf('0.01', 2), quantity: unitsOf('13753613.68241863', 8) }],
      },
    },
  ],
  ['BTC/USDT', 1, 8, '81790.2', '0.15000000'],
  ['ETH/USDT', 2, 8, '3216.41', '2.50000000'],
  ['ETH/BTC', 5, 8, '0.03932', '4.00000000'],
  ['BTC/EUR', 1, 8, '70120.4', '0.10000000'],
  ['EUR/USD', 5, 8, '1.16620', '9000.00000000'],
  ['MATIC/USD', 4, 8, '0.5666', '6000.00000000'],
  ['VET/USDT', 6, 5, '0.023455', '50000.00000'],
  ['SOL/USD', 2, 8, '187.42', '20.00000000'],
  ['DOGE/USD', 7, 8, '0.2143210', '8000.00000000'],
  ['TSLAx/USD', 2, 8, '431.55', '1.20000000', { isTokenized: true }],
];

/** Combinations of price and quantity precision that generated pairs take in turn. */
const PRECISIONS: readonly (readonly [price: number, quantity: number])[] = [
  [1, 8],
  [2, 8],
  [3, 8],
  [4, 8],
  [5, 8],
  [6, 8],
  [6, 5],
  [8, 5],
  [9, 5],
  [10, 2],
];
const QUOTES = ['USD', 'EUR', 'USDT'] as const;
/** Generated prices, in units: enough of them that all levels of a side are above zero. */
const PRICE_UNITS: readonly [low: number, high: number] = [20_000, 4_000_000];

/** The pairs of the simulated exchange: well-known ones first, generated ones after. The same for the same seed. */
export function universe(count: number, seed: number): Instrument[] {
  return Array.from({ length: count }, (_, i) => {
    const known = KNOWN[i];
    if (known !== undefined) return fromKnown(known);
    const number = i - KNOWN.length;
    const random = new Random(mix(seed, number));
    const [pricePrecision, qtyPrecision] = PRECISIONS[number % PRECISIONS.length]!;
    const symbol = `SIM${String(number + 1).padStart(4, '0')}/${QUOTES[number % QUOTES.length]}`;
    const typicalQuantity = random.between(1, 5_000) * 10 ** Math.max(0, qtyPrecision - 2);
    return instrument(symbol, pricePrecision, qtyPrecision, random.between(...PRICE_UNITS), typicalQuantity);
  });
}

/** A pair with everything that is not given made up from the rest. */
export function instrument(
  symbol: string,
  pricePrecision: number,
  qtyPrecision: number,
  basePrice: number,
  typicalQuantity: number,
  more: Partial<Instrument> = {},
): Instrument {
  const [base = symbol, quote = ''] = symbol.split('/');
  return {
    symbol,
    base,
    quote,
    pricePrecision,
    qtyPrecision,
    costPrecision: quote === 'BTC' ? 10 : 5,
    basePrice,
    typicalQuantity,
    levels: DEEP,
    dayVolume: BigInt(typicalQuantity) * 7_919n + BigInt(basePrice),
    outliers: NO_OUTLIERS,
    isTokenized: false,
    ...more,
  };
}

function fromKnown([symbol, pricePrecision, qtyPrecision, price, quantity, more]: Known): Instrument {
  return instrument(
    symbol,
    pricePrecision,
    qtyPrecision,
    unitsOf(price, pricePrecision),
    unitsOf(quantity, qtyPrecision),
    more,
  );
}

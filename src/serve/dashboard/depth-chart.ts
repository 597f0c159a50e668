import type { Level } from './api-types.ts';
import { axis, BELOW, Chart, chartBasics, ink, UPlot } from './chart.ts';
import { byId } from './dom.ts';
import { compact, grouped } from './format.ts';

/** What has added up on each side, by price. */
export class DepthChart {
  readonly #host = byId('depth-chart');
  readonly #chart: Chart;

  constructor() {
    this.#chart = new Chart(this.#host, () => options(), [[], [], []]);
  }

  show(bids: readonly Level[], asks: readonly Level[]): void {
    const prices: number[] = [];
    const below: (number | null)[] = [];
    const above: (number | null)[] = [];
    let total = bids.reduce((sum, [, quantity]) => sum + Number(quantity), 0);
    const deepest = total;
    for (const [price, quantity] of [...bids].reverse()) {
      prices.push(Number(price));
      below.push(total);
      above.push(null);
      total -= Number(quantity);
    }
    total = 0;
    for (const [price, quantity] of asks) {
      total += Number(quantity);
      prices.push(Number(price));
      below.push(null);
      above.push(total);
    }
    this.#chart.setData([prices, below, above]);
    const [bid, ask] = [bids[0], asks[0]];
    const label =
      bid && ask
        ? `Depth chart: ${compact(deepest)} bid down to ${bids.at(-1)![0]}, ${compact(total)} asked up to ${asks.at(-1)![0]}; best ${bid[0]} and ${ask[0]}`
        : 'Depth chart: no book yet';
    this.#host.setAttribute('aria-label', label);
  }
}

function options() {
  // A level counts from its price outwards, so that the two sides' steps look away from each other.
  const side = (name: 'up' | 'down', align: 1 | -1): UPlot.Series => ({
    stroke: ink(name),
    fill: ink(`${name}-fill`),
    width: 1.5,
    paths: UPlot.paths.stepped!({ align }),
    points: { show: false },
  });
  return {
    ...chartBasics(),
    scales: {
      x: { time: false, range: aroundTheMiddle },
      y: { range: (_: UPlot, __: number, max: number): [number, number] => [0, (max || 1) * 1.08] },
    },
    axes: [
      axis({ ...BELOW, grid: { show: false }, space: 80, values: priceTexts }),
      axis({ size: 48, space: 36, values: (_, splits) => splits.map(compact) }),
    ],
    series: [{}, side('up', -1), side('down', 1)],
  };
}

/** A label at the right end would be cut off by it. */
const END = 0.93;

function priceTexts({ scales }: UPlot, splits: number[]): string[] {
  const { min, max } = scales.x!;
  const end = min == null || max == null ? Number.POSITIVE_INFINITY : min + (max - min) * END;
  return splits.map((price) => (price > end ? '' : priceText(price)));
}

function priceText(price: number): string {
  return grouped(String(Number(price.toPrecision(9))));
}

/** As far on both sides as the nearer of them goes, so that the middle of the book is that of the chart. */
function aroundTheMiddle({ data }: UPlot): [number, number] {
  const [prices, below] = data as [number[], (number | null)[]];
  const bids = below.filter((total) => total !== null).length;
  const [bid, ask] = [prices[bids - 1], prices[bids]];
  if (bid === undefined || ask === undefined) return [prices[0] ?? 0, prices.at(-1) ?? 1];
  const middle = (bid + ask) / 2;
  const reach = Math.min(middle - prices[0]!, prices.at(-1)! - middle);
  return [middle - reach, middle + reach];
}

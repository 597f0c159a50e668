import type { Stats } from './api-types.ts';
import { axis, Chart, chartBasics, ink, timeAxis, translucent, type UPlot } from './chart.ts';
import { byId, element } from './dom.ts';
import { compact, whole } from './format.ts';
import { drawMarks } from './marks.ts';
import { History } from './series-history.ts';
import { windowSeconds } from './time-window.ts';
import { venueNamed } from './venues/venues.ts';

/** Records a second of each venue over time. */
export class RateChart {
  readonly #host = byId('rate-chart');
  readonly #chart: Chart;
  readonly #venues: readonly string[];
  readonly #history: History;
  #records: ReadonlyMap<string, number> = new Map();
  #at = 0;

  constructor(venues: readonly string[]) {
    this.#venues = venues;
    this.#history = new History(venues.length);
    this.#chart = new Chart(this.#host, () => options(venues), this.#history.data);
    byId('rate-legend').append(
      ...venues.map((venue) =>
        element('li', {}, element('i', { class: 'key', 'data-venue': venue }), venueNamed(venue).label),
      ),
    );
  }

  /** Answers the sum over all venues. */
  add({ at, venues }: Stats): number | undefined {
    const records = new Map(
      this.#venues.map((venue) => {
        const connections = venues[venue]?.stats.connections ?? [];
        return [venue, connections.reduce((sum, each) => sum + each.records, 0)] as const;
      }),
    );
    const seconds = (at - this.#at) / 1000;
    const before = this.#records;
    if (seconds <= 0) return undefined;
    const first = this.#at === 0;
    this.#records = records;
    this.#at = at;
    if (first) return undefined;
    const rates = this.#venues.map((venue) =>
      Math.max(0, (records.get(venue)! - (before.get(venue) ?? 0)) / seconds),
    );
    this.#history.add(at, rates);
    this.#chart.setData(this.#history.data);
    const words = this.#venues.map((venue, index) => `${venueNamed(venue).label} ${whole(rates[index]!)}`);
    this.#host.setAttribute('aria-label', `Ticks per second over time; now ${words.join(', ')}`);
    return rates.reduce((sum, rate) => sum + rate, 0);
  }
}

function options(venues: readonly string[]) {
  return {
    ...chartBasics(),
    scales: {
      x: { time: false, range: windowSeconds },
      y: { range: (_: UPlot, __: number, max: number): [number, number] => [0, (max || 1) * 1.15] },
    },
    axes: [timeAxis(), axis({ size: 48, space: 34, values: (_, splits) => splits.map(compact) })],
    series: [
      {},
      ...venues.map(venueNamed).map(({ color }) => ({
        stroke: ink(color),
        fill: translucent(ink(color)),
        width: 1.75,
        points: { show: false },
      })),
    ],
    hooks: { drawClear: [drawMarks] },
  };
}

import type { Stats } from './api-types.ts';
import { axis, Chart, chartBasics, ink, timeAxis, translucent, type UPlot } from './chart.ts';
import { byId, element } from './dom.ts';
import { microseconds } from './format.ts';
import { drawMarks } from './marks.ts';
import { History } from './series-history.ts';
import { windowSeconds } from './time-window.ts';
import { venueNamed } from './venues/venues.ts';

/** Of each second: half of all records took less than the first, all but one in a hundred less than the second. */
const PERCENTILES = ['p50', 'p99'] as const;

/** From the socket to where readers see them: each venue a band from its median to its 99th percentile. */
export class LatencyChart {
  readonly #host = byId('latency-chart');
  readonly #chart: Chart;
  readonly #venues: readonly string[];
  readonly #history: History;
  #at = 0;

  constructor(venues: readonly string[]) {
    this.#venues = venues;
    this.#history = new History(venues.length * PERCENTILES.length);
    this.#chart = new Chart(this.#host, () => options(venues), this.#history.data);
    byId('latency-legend').append(
      ...venues.map((venue) =>
        element('li', {}, element('i', { class: 'key', 'data-venue': venue }), venueNamed(venue).label),
      ),
    );
  }

  /** Answers the worst venue's 99th percentile, µs. */
  add({ at, venues }: Stats): number | undefined {
    if (at <= this.#at) return undefined;
    this.#at = at;
    const values = this.#venues.flatMap((venue) => {
      const latency = venues[venue]?.recent.receiveToPublish;
      return PERCENTILES.map((percentile) => (latency && latency.count > 0 ? latency[percentile] : null));
    });
    this.#history.add(at, values);
    this.#chart.setData(this.#history.data);
    const worst = values.filter((_, index) => index % PERCENTILES.length === 1).map((value) => value ?? 0);
    const words = this.#venues.map(
      (venue, index) => `${venueNamed(venue).label} ${microseconds(worst[index]!)}`,
    );
    this.#host.setAttribute('aria-label', `Latency percentiles over time; 99th now ${words.join(', ')}`);
    return Math.max(...worst);
  }
}

function options(venues: readonly string[]) {
  const colors = venues.map((venue) => ink(venueNamed(venue).color));
  return {
    ...chartBasics(),
    scales: {
      x: { time: false, range: windowSeconds },
      y: {
        distr: 3 as const,
        range: (_: UPlot, min: number, max: number): [number, number] => [
          10 ** Math.floor(Math.log10(Math.max(1, min || 1))),
          10 ** Math.ceil(Math.log10(Math.max(10, (max || 10) * 1.01))),
        ],
      },
    },
    axes: [
      timeAxis(),
      axis({
        size: 56,
        // Powers of ten are enough, and all of them are told.
        filter: (_, splits) => splits,
        splits: ({ scales }: UPlot) => powersOfTen(scales.y!.min ?? 1, scales.y!.max ?? 10),
        values: (_, splits) => splits.map(microseconds),
      }),
    ],
    series: [
      {},
      ...colors.flatMap((color) =>
        PERCENTILES.map((percentile) => ({
          stroke: color,
          width: percentile === 'p99' ? 1.75 : 1,
          points: { show: false },
        })),
      ),
    ],
    bands: colors.map((color, index) => ({
      series: [index * 2 + 2, index * 2 + 1] as [number, number],
      fill: translucent(color),
    })),
    hooks: { drawClear: [drawMarks] },
  };
}

function powersOfTen(min: number, max: number): number[] {
  const powers: number[] = [];
  for (let power = min; power <= max * 1.001; power *= 10) powers.push(power);
  return powers;
}

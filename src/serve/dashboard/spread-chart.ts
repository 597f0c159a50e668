import { axis, Chart, chartBasics, ink, timeAxis, UPlot } from './chart.ts';
import { byId, setText } from './dom.ts';
import { fixed } from './format.ts';

/** Between points, ms: spreads change far more often than can be seen. */
const STEP = 250;

/** Shown, ms. */
const WINDOW = 60_000;

/** The spread of the chosen book over time, in hundredths of a percent of the mid. */
export class SpreadChart {
  readonly #host = byId('spread-chart');
  readonly #note = byId('spread-note');
  readonly #chart: Chart;
  #times: number[] = [];
  #spreads: (number | null)[] = [];

  constructor() {
    this.#chart = new Chart(this.#host, () => options(), [[], []]);
  }

  clear(): void {
    this.#times = [];
    this.#spreads = [];
    this.#chart.setData([[], []]);
    setText(this.#note, 'basis points');
  }

  add(bid: number, ask: number, at: number): void {
    const spread = bid > 0 && ask > 0 ? ((ask - bid) / ((ask + bid) / 2)) * 10_000 : null;
    const last = this.#times.at(-1);
    if (last !== undefined && at - last * 1000 < STEP) return;
    this.#times.push(at / 1000);
    this.#spreads.push(spread);
    if (this.#times[0]! < (at - WINDOW) / 1000) {
      this.#times.shift();
      this.#spreads.shift();
    }
    this.#chart.setData([this.#times, this.#spreads]);
    if (spread === null) return;
    const widest = Math.max(...this.#spreads.map((each) => each ?? 0));
    const text = `${points(spread)} basis points, at most ${points(widest)}`;
    setText(this.#note, text);
    this.#host.setAttribute('aria-label', `Spread over the last minute: ${text}`);
  }
}

function points(value: number): string {
  return fixed(value, value < 10 ? 2 : 1);
}

function options() {
  return {
    ...chartBasics(),
    scales: {
      x: { time: false, range: (): [number, number] => [(Date.now() - WINDOW) / 1000, Date.now() / 1000] },
      y: { range: (_: UPlot, __: number, max: number): [number, number] => [0, (max || 1) * 1.2] },
    },
    axes: [timeAxis(), axis({ size: 48, space: 30 })],
    series: [
      {},
      {
        stroke: ink('ink'),
        fill: ink('raised'),
        width: 1.25,
        paths: UPlot.paths.stepped!({ align: 1 }),
        points: { show: false },
      },
    ],
  };
}

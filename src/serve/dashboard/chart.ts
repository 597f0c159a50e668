import UPlot from '/vendor/uplot.js';
import { isWall } from './buttons.ts';
import { nextFrame } from './frame-loop.ts';
import { ink, onTheme } from './theme.ts';

export type ChartOptions = Omit<UPlot.Options, 'width' | 'height'>;
export type ChartData = UPlot.AlignedData;

const FONT = '11px "Plex Sans", "Segoe UI", system-ui, sans-serif';

/** A chart that fills its element, in the colours of the theme. */
export class Chart {
  readonly #host: HTMLElement;
  readonly #options: () => ChartOptions;
  #plot: UPlot | undefined;
  #data: ChartData;

  /** @param options asked again whenever the theme changes */
  constructor(host: HTMLElement, options: () => ChartOptions, data: ChartData) {
    this.#host = host;
    this.#options = options;
    this.#data = data;
    onTheme(() => this.rebuild());
    new ResizeObserver(() => nextFrame(this.#fit)).observe(host);
  }

  setData(data: ChartData): void {
    this.#data = data;
    nextFrame(this.#draw);
  }

  /** To be called when the options have changed. */
  rebuild(): void {
    this.#plot?.destroy();
    this.#plot = undefined;
    nextFrame(this.#fit);
  }

  readonly #draw = (): void => {
    // Behind the wall nobody sees it: it is drawn when it comes back, because its size changes then.
    if (!isWall()) this.#plot?.setData(this.#data);
  };

  readonly #fit = (): void => {
    const { clientWidth: width, clientHeight: height } = this.#host;
    if (width === 0 || height === 0) return;
    if (this.#plot) {
      this.#plot.setSize({ width, height });
      this.#plot.setData(this.#data);
    } else this.#plot = new UPlot({ ...this.#options(), width, height }, this.#data, this.#host);
  };
}

/** What all charts have alike. */
export function chartBasics(): Pick<ChartOptions, 'legend' | 'cursor' | 'padding'> {
  return {
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
    padding: [10, 14, 0, 0],
  };
}

export function axis(more: UPlot.Axis): UPlot.Axis {
  return {
    font: FONT,
    stroke: ink('ink-2'),
    ticks: { show: false },
    grid: { stroke: ink('rule'), width: 1 },
    gap: 4,
    ...more,
  };
}

/** Below a chart: its first label is clear of the lowest one beside the chart. */
export const BELOW = { size: 28, gap: 9 } as const;

/** An axis of times, s since the epoch, told as how long ago they are. */
export function timeAxis(): UPlot.Axis {
  return axis({
    ...BELOW,
    grid: { show: false },
    space: 70,
    splits: ({ scales }) => {
      const { min, max } = scales.x!;
      if (min == null || max == null) return [];
      const step = max - min > 150 ? 60 : max - min > 70 ? 30 : 15;
      const count = Math.floor((max - min) / step);
      return Array.from({ length: count + 1 }, (_, index) => max - (count - index) * step);
    },
    values: ({ scales }, splits) =>
      splits.map((split) => {
        const ago = Math.round(scales.x!.max! - split);
        if (ago === 0) return 'now';
        return ago % 60 === 0 ? `−${ago / 60} min` : `−${ago} s`;
      }),
  });
}

/** A colour to fill with, under a line of that colour. */
export function translucent(color: string): string {
  return color.replace('rgb(', 'rgba(').replace(')', ', 0.14)');
}

export { ink, UPlot };

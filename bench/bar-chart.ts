/** A small writer of horizontal bar charts as SVG, on a logarithmic axis; readable on light and dark ground. */

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** A mark on the bar's line. */
  readonly target?: number | undefined;
  /** What stands behind the bar. */
  readonly text: string;
}

const WIDTH = 760;
const ROW = 26;
const LEFT = 210;
const RIGHT = 120;
const TOP = 44;
const BOTTOM = 34;

const STYLE = `
  text { font: 12px system-ui, sans-serif; fill: #444 }
  .title { font-size: 15px; font-weight: 600; fill: #222 }
  .axis { stroke: #ccc }
  .one { stroke: #888 }
  .good { fill: #0969da }
  .poor { fill: #bc4c00 }
  .target { stroke: #222; stroke-width: 2 }
  @media (prefers-color-scheme: dark) {
    text { fill: #aaa } .title { fill: #ddd } .axis { stroke: #444 } .one { stroke: #888 }
    .good { fill: #58a6ff } .poor { fill: #f0883e } .target { stroke: #eee }
  }`;

/** Bars from 1 to their value, which is above or below it; each at least visible. */
export function barChart(title: string, bars: readonly Bar[]): string {
  const values = bars.flatMap(({ value, target }) => (target === undefined ? [value] : [value, target]));
  const low = Math.floor(Math.log10(Math.min(1, ...values)));
  const high = Math.ceil(Math.log10(Math.max(10, ...values)));
  const x = (value: number) => LEFT + ((Math.log10(value) - low) / (high - low)) * (WIDTH - LEFT - RIGHT);
  const height = TOP + bars.length * ROW + BOTTOM;
  const end = TOP + bars.length * ROW;
  const powers = Array.from({ length: high - low + 1 }, (_, power) => 10 ** (low + power));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img">`,
    `<title>${escapeXml(title)}</title><style>${STYLE}</style>`,
    `<text class="title" x="12" y="22">${escapeXml(title)}</text>`,
    ...powers.map((power) => {
      const at = x(power).toFixed(1);
      return [
        `<line class="${power === 1 ? 'one' : 'axis'}" x1="${at}" y1="${TOP - 6}" x2="${at}" y2="${end}"/>`,
        `<text x="${at}" y="${end + 18}" text-anchor="middle">${power.toLocaleString('en-US')}×</text>`,
      ].join('');
    }),
    ...bars.map((bar, index) => line(bar, TOP + index * ROW, x)),
    '</svg>',
    '',
  ].join('\n');
}

function line({ label, value, target, text }: Bar, top: number, x: (value: number) => number): string {
  const [one, end] = [x(1), x(value)];
  const missed = target === undefined ? value < 1 : value < target;
  const mark = target === undefined ? '' : x(target).toFixed(1);
  return [
    `<text x="${LEFT - 8}" y="${top + 15}" text-anchor="end">${escapeXml(label)}</text>`,
    `<rect class="${missed ? 'poor' : 'good'}" x="${Math.min(one, end).toFixed(1)}" y="${top + 4}" width="${Math.max(2, Math.abs(end - one)).toFixed(1)}" height="${ROW - 10}"/>`,
    mark === ''
      ? ''
      : `<line class="target" x1="${mark}" y1="${top + 1}" x2="${mark}" y2="${top + ROW - 3}"/>`,
    `<text x="${(Math.max(one, end) + 6).toFixed(1)}" y="${top + 15}">${escapeXml(text)}</text>`,
  ].join('');
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

/** A small writer of line charts as SVG, one below the other over a common axis; readable on light and dark ground. */

export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

const WIDTH = 760;
const PANEL = 120;
const LEFT = 70;
const RIGHT = 20;
const TOP = 44;
const GAP = 34;

const STYLE = `
  text { font: 12px system-ui, sans-serif; fill: #444 }
  .title { font-size: 15px; font-weight: 600; fill: #222 }
  .frame { fill: none; stroke: #bbb }
  .line { fill: none; stroke: #0969da; stroke-width: 1.5 }
  @media (prefers-color-scheme: dark) {
    text { fill: #aaa } .title { fill: #ddd } .frame { stroke: #555 } .line { stroke: #58a6ff }
  }`;

/** @param unit of the common x axis */
export function plot(title: string, unit: string, series: readonly Series[]): string {
  const height = TOP + series.length * (PANEL + GAP);
  const last = Math.max(...series.flatMap(({ points }) => points.map(([x]) => x)));
  const panels = series.map((one, i) => panel(one, TOP + i * (PANEL + GAP), last));
  const bottom = height - GAP + 16;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img">`,
    `<title>${title}</title><style>${STYLE}</style>`,
    `<text class="title" x="${LEFT}" y="20">${title}</text>`,
    ...panels,
    `<text x="${LEFT}" y="${bottom}">0</text>`,
    `<text x="${WIDTH - RIGHT}" y="${bottom}" text-anchor="end">${last.toFixed(0)} ${unit}</text>`,
    '</svg>',
    '',
  ].join('\n');
}

function panel({ name, points }: Series, top: number, last: number): string {
  // From 0, so that a small change looks like one.
  const most = Math.max(...points.map(([, y]) => y), Number.MIN_VALUE) * 1.1;
  const width = WIDTH - LEFT - RIGHT;
  const at = points.map(([x, y]) => {
    const right = LEFT + (x / last) * width;
    const down = top + PANEL - (y / most) * PANEL;
    return `${right.toFixed(1)},${down.toFixed(1)}`;
  });
  return [
    `<rect class="frame" x="${LEFT}" y="${top}" width="${width}" height="${PANEL}"/>`,
    `<polyline class="line" points="${at.join(' ')}"/>`,
    `<text x="${LEFT}" y="${top - 6}">${name}</text>`,
    `<text x="${LEFT - 6}" y="${top + 10}" text-anchor="end">${most.toPrecision(3)}</text>`,
    `<text x="${LEFT - 6}" y="${top + PANEL}" text-anchor="end">0</text>`,
  ].join('\n');
}

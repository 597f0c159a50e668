import { ink, type UPlot } from './chart.ts';
import { LONGEST } from './time-window.ts';

/** When something was broken on purpose, ms since the epoch: charts over time show it. */
const marks: number[] = [];

export function addMark(at: number): void {
  marks.push(at);
  while (marks[0]! < at - LONGEST) marks.shift();
}

/** A hook of uPlot: a dashed line at each mark, behind the data. */
export function drawMarks(plot: UPlot): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = ink('rule-strong');
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
  for (const mark of marks) {
    const x = Math.round(plot.valToPos(mark / 1000, 'x', true));
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}

import type { ConnectionCounts } from './api-types.ts';
import { setData, svg } from './dom.ts';

/** From here on a ring counts as nearly full. */
const NEARLY_FULL = 0.8;

/** Records that the head goes once around for: so many that a busy ring's turning can be followed. */
const RECORDS_A_TURN = 20_000;

/**
 * A connection's two rings, seen from above: outside that of records (how far behind its slowest gating reader is), inside that of
 * frames (what is not decoded yet). The tick on the rim moves on as records are written.
 */
export class RingGauge {
  readonly element: SVGSVGElement;
  readonly #records = arc('records', 20);
  readonly #frames = arc('frames', 14);
  readonly #head = svg('line', { class: 'head', x1: 24, y1: 0.5, x2: 24, y2: 7.5, 'stroke-width': 2.5 });

  constructor() {
    this.element = svg(
      'svg',
      { class: 'ring', viewBox: '0 0 48 48', 'aria-hidden': true },
      svg('circle', { class: 'track', cx: 24, cy: 24, r: 20 }),
      svg('circle', { class: 'track', cx: 24, cy: 24, r: 14 }),
      this.#records,
      this.#frames,
      this.#head,
    );
  }

  show({ records, frameRingOccupancy, recordRingOccupancy }: ConnectionCounts): void {
    fill(this.#records, recordRingOccupancy);
    fill(this.#frames, frameRingOccupancy);
    const full = Math.max(frameRingOccupancy, recordRingOccupancy) > NEARLY_FULL;
    setData(this.element, 'full', full ? '' : undefined);
    this.#head.style.rotate = `${((records / RECORDS_A_TURN) * 360).toFixed(1)}deg`;
  }
}

function arc(name: string, radius: number): SVGCircleElement {
  return svg('circle', {
    class: name,
    cx: 24,
    cy: 24,
    r: radius,
    pathLength: 100,
    'stroke-dasharray': '0 100',
  });
}

/** A ring in which there is something at all shows a sliver of it. */
function fill(circle: SVGCircleElement, occupancy: number): void {
  const percent = occupancy > 0 ? Math.max(1.5, occupancy * 100) : 0;
  circle.style.strokeDasharray = `${percent.toFixed(1)} 100`;
}

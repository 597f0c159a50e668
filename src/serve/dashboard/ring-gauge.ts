import type { ConnectionCounts } from './api-types.ts';
import { setData, svg } from './dom.ts';

/** From here on a ring counts as nearly full. */
const NEARLY_FULL = 0.8;

/** Records that the head goes once around for: so many that its turning can be followed. */
const RECORDS_A_TURN = 20_000;

/**
 * A connection's two rings, seen from above. Outside the record ring: the head moves on as records are written, and its tail reaches
 * back to the slowest reader. Inside the frame ring: what is not decoded yet.
 */
export class RingGauge {
  readonly element: SVGSVGElement;
  readonly #tail = arc('tail', 20);
  readonly #frames = arc('frames', 13);
  readonly #hand: SVGGElement;

  constructor() {
    const head = svg('circle', { class: 'head', cx: 24, cy: 4, r: 3.5 });
    this.#hand = svg('g', { class: 'hand' }, this.#tail, head);
    const tracks = [20, 13].map((r) => svg('circle', { class: 'track', cx: 24, cy: 24, r }));
    const attributes = { class: 'ring', viewBox: '0 0 48 48', 'aria-hidden': true };
    this.element = svg('svg', attributes, ...tracks, this.#frames, this.#hand);
  }

  show({ records, readers, frameRingOccupancy, recordRingOccupancy }: ConnectionCounts): void {
    const lag = Math.max(0, ...readers.map((reader) => reader.lag));
    fill(this.#tail, lag / RECORDS_A_TURN);
    fill(this.#frames, frameRingOccupancy);
    const full = Math.max(frameRingOccupancy, recordRingOccupancy) > NEARLY_FULL;
    setData(this.element, 'full', full ? '' : undefined);
    this.#hand.style.rotate = `${((records / RECORDS_A_TURN) * 360).toFixed(1)}deg`;
  }
}

function arc(name: string, r: number): SVGCircleElement {
  return svg('circle', { class: name, cx: 24, cy: 24, r, pathLength: 100, 'stroke-dasharray': '0 100' });
}

/** A ring in which there is something at all shows a sliver of it. */
function fill(circle: SVGCircleElement, share: number): void {
  const percent = share > 0 ? Math.min(100, Math.max(2, share * 100)) : 0;
  circle.style.strokeDasharray = `${percent.toFixed(1)} 100`;
}

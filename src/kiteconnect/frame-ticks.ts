import type { Tick } from '../kite/tick.ts';
import type { TickView } from '../kite/view.ts';

/** The ticks of each frame of a batch. The ticks of a frame are published together, so that a batch holds whole frames. */
export function* frameTicks(batch: Iterable<TickView>): Generator<Tick[], void, undefined> {
  let ticks: Tick[] = [];
  let current = 0;
  for (const view of batch) {
    const { frame } = view;
    const tick = view.toObject();
    if (ticks.length > 0 && frame !== current) {
      yield ticks;
      ticks = [];
    }
    current = frame;
    ticks.push(tick);
  }
  if (ticks.length > 0) yield ticks;
}

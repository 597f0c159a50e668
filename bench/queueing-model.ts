/**
 * A model, not a measurement: what a pipeline of threads can do on more cores than there are, reckoned from what each
 * stage was measured to cost. It assumes that stages cost the same however many run, that cores do nothing else, that
 * frames arrive independently of each other (Poisson) at every stage, and that a stage takes equally long for each.
 */

/** One kind of thread. */
export interface Stage {
  /** Seconds of a core for each tick. */
  readonly service: number;
  /** How many threads do it, with the ticks spread evenly over them. */
  readonly threads: number;
}

/** The most ticks a second: what the slowest stage does, or all stages together if there are fewer cores than threads. */
export function capacity(stages: readonly Stage[], cores: number): number {
  const together = stages.reduce((sum, { service }) => sum + service, 0);
  return Math.min(cores / together, ...stages.map(({ service, threads }) => threads / service));
}

/**
 * Seconds that a frame is on its way through all stages, on average, with a core for each thread: being served, and waiting
 * in front of each stage as in a queue of the kind M/D/1.
 *
 * @param rate ticks a second in all
 * @param packets ticks in a frame
 * @returns Infinity for a rate that a stage cannot keep up with
 */
export function meanTime(stages: readonly Stage[], rate: number, packets: number): number {
  return stages.reduce((sum, { service, threads }) => {
    const load = (rate * service) / threads;
    if (load >= 1) return Number.POSITIVE_INFINITY;
    const frame = service * packets;
    return sum + frame + (load * frame) / (2 * (1 - load));
  }, 0);
}

/** How long one run of a side takes, at least, ms. */
const RUN = 100;

/** Units a second of a function that does some work and answers how many units that was. */
export function rate(work: () => number): number {
  let units = 0;
  const start = performance.now();
  let elapsed = 0;
  while (elapsed < RUN) {
    for (let round = 0; round < 8; round++) units += work();
    elapsed = performance.now() - start;
  }
  return (units / elapsed) * 1000;
}

/** Work for the next frame, each piece at most once in it; none while the page is hidden. */
const jobs = new Set<() => void>();
let asked = false;

export function nextFrame(job: () => void): void {
  jobs.add(job);
  if (asked) return;
  asked = true;
  requestAnimationFrame(run);
}

function run(): void {
  asked = false;
  const now = [...jobs];
  jobs.clear();
  for (const job of now) job();
}

/**
 * `npm run torture [-- NAME…] [--seed N] [--nightly] [--report]`: runs the programs of this folder one after the other, each in a
 * process of its own, and says what they counted. Ends with code 1 when an invariant was violated; the seed repeats it.
 * With --report it also writes docs/reliability.md from what the programs left in torture/results.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeReport } from './report.ts';
import { randomSeed } from './support.ts';

/** In the order in which they run. Each is a file of this folder, and may be run alone. */
const PROGRAMS: readonly string[] = ['fuzz-kernel', 'fuzz-text', 'decoders', 'chaos', 'cycles', 'soak'];

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seed: { type: 'string' },
      nightly: { type: 'boolean' },
      report: { type: 'boolean' },
    },
  });
  const unknown = positionals.filter((name) => !PROGRAMS.includes(name));
  if (unknown.length > 0) {
    process.stderr.write(`no program called ${unknown.join(', ')}; there are: ${PROGRAMS.join(', ')}\n`);
    return 2;
  }
  const chosen = positionals.length === 0 ? PROGRAMS : PROGRAMS.filter((name) => positionals.includes(name));
  // One for all, so that one number repeats everything.
  const seed = values.seed ?? String(randomSeed());
  const args = ['--seed', seed, ...(values.nightly ? ['--nightly'] : [])];
  const failed: string[] = [];
  for (const name of chosen) {
    const child = fork(fileURLToPath(new URL(`./${name}.js`, import.meta.url)), args);
    const [code] = (await once(child, 'exit')) as [number | null];
    if (code !== 0) failed.push(name);
  }
  if (values.report) writeReport(PROGRAMS);
  if (failed.length === 0) {
    process.stdout.write(`torture: everything holds (seed ${seed})\n`);
    return 0;
  }
  const again = ['npm run torture --', ...failed, ...args].join(' ');
  process.stdout.write(`torture: VIOLATED in ${failed.join(', ')}; again with: ${again}\n`);
  return 1;
}

process.exitCode = await main();

/**
 * `npm run bench [-- NAME…] [--rounds N] [--json] [--guard] [--report]`: measures ours against a baseline, in turns, and
 * prints the medians. With --guard it ends with code 1 when a ratio is below half of its target; with --report it writes
 * docs/performance.md and what belongs to it.
 */
import { parseArgs } from 'node:util';
import { type BenchDocument, machine, number, row } from './document.ts';
import { BENCHMARKS, chosen, unknown } from './registry.ts';
import { writeReport } from './report.ts';
import { measure, type Result } from './suite.ts';

/** Of a target. Machines are noisy; a half is not noise. */
const GUARDED_SHARE = 0.5;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean' },
      rounds: { type: 'string' },
      guard: { type: 'boolean' },
      report: { type: 'boolean' },
    },
  });
  const rounds = Number(values.rounds ?? 7);
  if (!Number.isInteger(rounds) || rounds < 1) {
    process.stderr.write(`--rounds must be a whole number from 1 on, not ${values.rounds}\n`);
    return 2;
  }
  const wrong = unknown(positionals);
  if (wrong.length > 0) {
    const names = [...new Set(BENCHMARKS.map(({ name, group }) => group ?? name))].join(', ');
    process.stderr.write(`no benchmark called ${wrong.join(', ')}; there are: ${names}\n`);
    return 2;
  }
  const results: Result[] = [];
  for (const benchmark of chosen(positionals)) {
    for (const result of await measure(benchmark, rounds)) {
      results.push(result);
      if (!values.json) process.stdout.write(`${row(result)}\n`);
    }
  }
  const command = ['npm run bench', ...(positionals.length > 0 ? ['--', ...positionals] : [])].join(' ');
  const document: BenchDocument = { machine: machine(), command, results };
  if (values.json) process.stdout.write(`${JSON.stringify(document)}\n`);
  if (values.report) writeReport(document);
  return values.guard ? guard(results) : 0;
}

function guard(results: readonly Result[]): number {
  const fallen = results.filter(
    ({ ratio, target }) => ratio !== undefined && target !== undefined && !(ratio >= target * GUARDED_SHARE),
  );
  for (const { name, ratio, target } of fallen) {
    process.stderr.write(
      `${name}: ${number(ratio!)} times the baseline is less than half of the ${number(target!)} asked for\n`,
    );
  }
  return fallen.length === 0 ? 0 : 1;
}

process.exitCode = await main();

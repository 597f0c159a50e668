/**
 * `npm run bench:compare -- BASE.json [NOW.json] [--rounds N]`: how ratios have changed since BASE.json was written (by
 * `npm run bench -- --json`, or docs/performance.json). Measures what the base has, unless it is given a second document.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type BenchDocument, machine, number } from './document.ts';
import { BENCHMARKS } from './registry.ts';
import { measure, type Result } from './suite.ts';

/** Less than this is noise on a shared machine. */
const NOISE = 0.1;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { rounds: { type: 'string' } },
  });
  const [base, now] = positionals;
  if (base === undefined) {
    process.stderr.write('usage: npm run bench:compare -- BASE.json [NOW.json]\n');
    return 2;
  }
  const before = read(base);
  const after = now === undefined ? await measureAgain(before, Number(values.rounds ?? 5)) : read(now);
  process.stdout.write(`before: ${where(before)}\nafter:  ${where(after)}\n\n`);
  for (const result of after.results) {
    const old = before.results.find(({ name }) => name === result.name);
    process.stdout.write(`${line(result, old)}\n`);
  }
  return 0;
}

function read(file: string): BenchDocument {
  const document = JSON.parse(readFileSync(file, 'utf8')) as BenchDocument;
  if (!Array.isArray(document.results))
    throw new Error(`${file} has no results: it is no benchmark document`);
  return document;
}

async function measureAgain({ results }: BenchDocument, rounds: number): Promise<BenchDocument> {
  const names = new Set(results.map(({ name }) => name));
  const wanted = BENCHMARKS.filter(({ name }) => names.has(name));
  const again: Result[] = [];
  for (const benchmark of wanted) again.push(...(await measure(benchmark, rounds)));
  return { machine: machine(), command: 'npm run bench', results: again };
}

function where({ machine: { cpu, cores, node, date } }: BenchDocument): string {
  return `${date.slice(0, 10)}, ${cores} cores of ${cpu}, Node ${node}`;
}

/** Ratios, because they mean the same on another machine; without one, the value. */
function line(after: Result, before: Result | undefined): string {
  const name = after.name.padEnd(34);
  if (!before) return `${name} new`;
  const [was, is, better] =
    after.ratio !== undefined && before.ratio !== undefined
      ? [before.ratio, after.ratio, true]
      : [before.value, after.value, undefined];
  const change = is / was - 1;
  const words =
    Math.abs(change) < NOISE
      ? 'as before'
      : better === undefined
        ? 'changed'
        : change > 0
          ? 'better'
          : 'WORSE';
  const percent = `${change >= 0 ? '+' : ''}${(change * 100).toFixed(0)} %`;
  return `${name} ${number(was).padStart(9)} → ${number(is).padStart(9)} ${percent.padStart(8)}  ${words}`;
}

process.exitCode = await main();

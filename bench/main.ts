/** `npm run bench [-- NAME…] [--rounds N] [--json]`: measures ours against a baseline, in turns, and prints the medians. */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { allocation } from './allocation.ts';
import { framePublish } from './frame-publish.ts';
import { isolation } from './isolation.ts';
import { kiteDecode } from './kite-decode.ts';
import { type Benchmark, measure, type Result } from './suite.ts';

const BENCHMARKS: readonly Benchmark[] = [...kiteDecode, framePublish, ...allocation, ...isolation];

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'boolean' }, rounds: { type: 'string' } },
  });
  const unknown = positionals.filter((name) => !BENCHMARKS.some((benchmark) => benchmark.name === name));
  if (unknown.length > 0) {
    const names = BENCHMARKS.map(({ name }) => name).join(', ');
    process.stderr.write(`no benchmark called ${unknown.join(', ')}; there are: ${names}\n`);
    return 2;
  }
  const chosen = BENCHMARKS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const results: Result[] = [];
  for (const benchmark of chosen) {
    const result = await measure(benchmark, Number(values.rounds ?? 7));
    results.push(result);
    if (!values.json) process.stdout.write(`${row(result)}\n`);
  }
  if (values.json) process.stdout.write(`${JSON.stringify({ machine: machine(), results })}\n`);
  return 0;
}

function machine() {
  const [first] = cpus();
  return {
    cpu: first?.model ?? 'unknown',
    cores: cpus().length,
    node: process.versions.node,
    v8: process.versions.v8,
    date: new Date().toISOString(),
  };
}

function row({ name, unit, value, baseline, ratio }: Result): string {
  const ours = `${number(value)} ${unit}`;
  return `${name.padEnd(20)} ${ours.padStart(24)}   ${number(ratio).padStart(8)} × ${baseline.name} (${number(baseline.value)})`;
}

function number(value: number): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: 3 });
}

process.exitCode = await main();

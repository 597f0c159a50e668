/**
 * `npm run bench:nodes [-- NAME…] [--nodes 20,22,24,26] [--rounds N] [--report]`: runs the benchmarks under several Node
 * versions, which it fetches from the npm registry into a folder of its own, and prints their ratios side by side. With
 * --report it keeps them in docs/performance-nodes.json, for the next `npm run bench -- --report`.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import type { BenchDocument } from './document.ts';
import { nodesTable } from './nodes-table.ts';
import { unknown } from './registry.ts';
import { NODES } from './report.ts';

const run = promisify(execFile);
const MAIN = fileURLToPath(new URL('./main.js', import.meta.url));

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { nodes: { type: 'string' }, rounds: { type: 'string' }, report: { type: 'boolean' } },
  });
  const wrong = unknown(positionals);
  if (wrong.length > 0) {
    process.stderr.write(`no benchmark called ${wrong.join(', ')}\n`);
    return 2;
  }
  const versions = (values.nodes ?? '20,22,24,26').split(',');
  const args = [MAIN, '--json', '--rounds', values.rounds ?? '3', ...positionals];
  const documents: BenchDocument[] = [];
  for (const version of versions) {
    process.stderr.write(`Node ${version} …\n`);
    const { stdout } = await run(await binary(version), args, { maxBuffer: 2 ** 26 });
    documents.push(JSON.parse(stdout) as BenchDocument);
  }
  process.stdout.write(`${nodesTable(documents)}\n`);
  if (values.report) writeFileSync(NODES, `${JSON.stringify(documents)}\n`);
  return 0;
}

/** The `node` package of a version brings its executable. */
async function binary(version: string): Promise<string> {
  const folder = join(tmpdir(), 'tickring-nodes', version);
  mkdirSync(folder, { recursive: true });
  const executable = join(folder, 'node_modules', 'node', 'bin', 'node');
  const fresh = await run(executable, ['--version']).then(
    ({ stdout }) => stdout.startsWith(`v${version}.`),
    () => false,
  );
  if (!fresh) {
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    await run(npm, [
      'install',
      '--prefix',
      folder,
      '--no-save',
      '--no-audit',
      '--no-fund',
      `node@${version}`,
    ]);
  }
  return executable;
}

process.exitCode = await main();

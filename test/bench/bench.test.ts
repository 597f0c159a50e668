import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

/** As `npm run bench -- ARGS` and the like do after the build; answers what it printed, and its code. */
function run(program: string, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const file = fileURLToPath(new URL(`../../build/bench/${program}.js`, import.meta.url));
  return new Promise((resolve) => {
    execFile(process.execPath, [file, ...args], (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

/** Every name of the benchmarks, which is what people quote them by. */
const NAMES = [
  'kite-decode-full',
  'kite-decode-quote',
  'kite-decode-ltp',
  'kite-decode-index',
  'kite-decode-vs-memcpy',
  'kite-parse-objects',
  'kite-view-read',
  'ring-frames',
  'ring-records',
  'wake',
  'socket-cost',
  'pipeline-throughput',
  'pipeline-latency',
  'isolation',
  'allocation',
  'scaling',
  'startup',
];

describe('npm run bench', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tickring-bench-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('prints one JSON document of a stable shape', async () => {
    const { code, stdout } = await run('main', '--json', '--rounds', '2', 'kite-decode-ltp');
    expect(code).toBe(0);
    const document = JSON.parse(stdout);
    expect(document.machine).toEqual({
      cpu: expect.any(String),
      cores: expect.any(Number),
      node: process.versions.node,
      v8: process.versions.v8,
      date: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
    expect(document.results).toEqual([
      {
        name: 'kite-decode-ltp',
        unit: 'packets/s',
        value: expect.any(Number),
        runs: [expect.any(Number), expect.any(Number)],
        baseline: {
          name: 'kiteconnect parseBinary',
          value: expect.any(Number),
          runs: [expect.any(Number), expect.any(Number)],
        },
        ratio: expect.any(Number),
        note: expect.any(String),
      },
    ]);
    const [{ value, baseline, ratio }] = document.results;
    expect(ratio).toBe(value / baseline.value);
  });

  it('names what there is when it is asked for something else', async () => {
    const { code, stdout, stderr } = await run('main', 'kite-decode-everything');
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^no benchmark called kite-decode-everything; there are: /);
    const names = stderr
      .slice(stderr.indexOf('there are: ') + 11)
      .trim()
      .split(', ');
    expect(names).toEqual(expect.arrayContaining(NAMES));
  });

  it('shows what has changed since a document was written', async () => {
    const result = (name: string, ratio: number) => ({
      name,
      unit: 'x/s',
      value: ratio,
      runs: [ratio],
      baseline: { name: 'another', value: 1, runs: [1] },
      ratio,
    });
    const machine = { cpu: 'a', cores: 2, node: '20.0.0', v8: '11', date: '2026-01-01T00:00:00Z' };
    const files = { base: join(folder, 'base.json'), now: join(folder, 'now.json') };
    const before = [result('faster', 2), result('slower', 2), result('same', 2)];
    const after = [result('faster', 4), result('slower', 1), result('same', 2.1), result('added', 3)];
    writeFileSync(files.base, JSON.stringify({ machine, results: before }));
    writeFileSync(files.now, JSON.stringify({ machine, results: after }));
    const { code, stdout } = await run('compare', files.base, files.now);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^faster .*\+100 % {2}better$/m);
    expect(stdout).toMatch(/^slower .*-50 % {2}WORSE$/m);
    expect(stdout).toMatch(/^same .*\+5 % {2}as before$/m);
    expect(stdout).toMatch(/^added .*new$/m);
  });
});

// Compiles each kernel in workers/kernels/ to dist/workers/kernels/NAME.wasm, with no static data:
// a kernel shares its linear memory with the arena and owns not one byte of it.
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import asc from 'assemblyscript/asc';

const SOURCES = 'workers/kernels';
const OUTPUT = 'dist/workers/kernels';
/** Kernels and the layouts that they share with TypeScript. */
const INPUTS = ['src', SOURCES];

const newestSource = Math.max(
  ...INPUTS.flatMap((folder) =>
    readdirSync(folder, { recursive: true })
      .filter((name) => folder === SOURCES || name.endsWith('-layout.ts'))
      .map((name) => statSync(`${folder}/${name}`).mtimeMs),
  ),
);

function modified(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

mkdirSync(OUTPUT, { recursive: true });
for (const name of readdirSync(SOURCES).filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))) {
  const target = `${OUTPUT}/${name.replace('.ts', '.wasm')}`;
  if (modified(target) > newestSource) continue;
  const { error, stderr } = await asc.main([
    ...[`${SOURCES}/${name}`, '--outFile', target, '-O3', '--noAssert'],
    ...['--runtime', 'stub', '--enable', 'simd', '--enable', 'threads'],
    // Any arena fits: a memory may be imported if its maximum is at most the declared one.
    ...['--importMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536'],
  ]);
  if (error) {
    process.stderr.write(`${stderr.toString()}\n${error.message}\n`);
    process.exit(1);
  }
}

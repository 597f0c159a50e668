// Compiles each kernel in workers/kernels/ to dist/workers/kernels/NAME.wasm, with no static data:
// a kernel shares its linear memory with the arena and owns not one byte of it.
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import asc from 'assemblyscript/asc';
import binaryen from 'assemblyscript/binaryen';

const SOURCES = 'workers/kernels';
const OUTPUT = 'dist/workers/kernels';
/** Kernels and the layouts that they share with TypeScript. */
const INPUTS = ['src', SOURCES];
/** What the compiler writes. */
const FEATURES = [
  'Atomics',
  'BulkMemory',
  'BulkMemoryOpt',
  'MutableGlobals',
  'NontrappingFPToInt',
  'SIMD128',
  'SignExt',
]
  .map((name) => binaryen.Features[name])
  .reduce((all, feature) => all | feature);

const newestSource = Math.max(
  ...INPUTS.flatMap((folder) =>
    readdirSync(folder, { recursive: true })
      .filter((name) => folder === SOURCES || name.endsWith('-layout.ts'))
      .map((name) => statSync(`${folder}/${name}`).mtimeMs),
  ),
);

/**
 * Puts functions into those that call them, far beyond what the compiler does by itself, and optimizes what comes of it. A
 * scanner calls little functions for every few bytes, and Node 20 inlines none of a module's.
 */
function inlined(wasm) {
  const module = binaryen.readBinaryWithFeatures(wasm, FEATURES);
  binaryen.setOptimizeLevel(4);
  binaryen.setShrinkLevel(0);
  // Sizes are counts of instructions and the like.
  binaryen.setAlwaysInlineMaxSize(80);
  binaryen.setFlexibleInlineMaxSize(600);
  binaryen.setOneCallerInlineMaxSize(5000);
  binaryen.setAllowInliningFunctionsWithLoops(true);
  module.optimize();
  const optimized = module.emitBinary();
  module.dispose();
  return optimized;
}

function modified(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

mkdirSync(OUTPUT, { recursive: true });
for (const name of readdirSync(SOURCES).filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))) {
  const target = `${OUTPUT}/${name.replace('.ts', '.wasm')}`;
  if (modified(target) > newestSource) continue;
  const options = [
    ...[`${SOURCES}/${name}`, '--outFile', target, '-O3', '--noAssert'],
    ...['--runtime', 'stub', '--enable', 'simd', '--enable', 'threads'],
    // Any arena fits: a memory may be imported if its maximum is at most the declared one.
    ...['--importMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536'],
  ];
  const writeFile = (_name, wasm) => writeFileSync(target, inlined(wasm));
  const { error, stderr } = await asc.main(options, { writeFile });
  if (error) {
    process.stderr.write(`${stderr.toString()}\n${error.message}\n`);
    process.exit(1);
  }
}

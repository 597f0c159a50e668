import { readFileSync } from 'node:fs';
import type { Arena } from 'tickring/memory';

/** What a kernel exports, as far as it is measured. */
export interface Kernel {
  attach(): void;
  /** Decodes the frame whose head is at this byte into the slots from `position` on; answers how many records it made. */
  decode(head: number, position: number, decodedAt: number): number;
}

/** A venue's kernel, on an arena. */
export function kernelOf(venue: string, arena: Arena): Kernel {
  const url = new URL(`../../dist/workers/kernels/${venue}.wasm`, import.meta.url);
  const module = new WebAssembly.Module(readFileSync(url));
  const instance = new WebAssembly.Instance(module, { env: { memory: arena.handle.memory } });
  const kernel = instance.exports as unknown as Kernel;
  kernel.attach();
  return kernel;
}

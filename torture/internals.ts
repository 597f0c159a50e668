/**
 * What the package does not export and these programs need. Loaded at run time from where the build puts it, since programs are
 * compiled to another folder than they are written in.
 */
const dist = (path: string) => import(new URL(`../../dist/${path}`, import.meta.url).href);

export const { Lane } = await (dist('workers/lane.js') as Promise<typeof import('../dist/workers/lane.js')>);
export const { parseText } = await (dist('src/kite/protocol.js') as Promise<
  typeof import('../dist/src/kite/protocol.js')
>);
export const { compileKernel, DecoderPool } = await (dist('src/feed/decoder-pool.js') as Promise<
  typeof import('../dist/src/feed/decoder-pool.js')
>);
export const { LatestLayout } = await (dist('src/memory/latest-table.js') as Promise<
  typeof import('../dist/src/memory/latest-table.js')
>);
export const { SimulatorProcess } = await (dist('src/cli/simulator-process.js') as Promise<
  typeof import('../dist/src/cli/simulator-process.js')
>);
export const arenaLayout = await (dist('src/memory/arena-layout.js') as Promise<
  typeof import('../dist/src/memory/arena-layout.js')
>);
export const frameRing = await (dist('src/memory/frame-ring-layout.js') as Promise<
  typeof import('../dist/src/memory/frame-ring-layout.js')
>);
export const latencyLayout = await (dist('src/memory/latency-layout.js') as Promise<
  typeof import('../dist/src/memory/latency-layout.js')
>);
export const latestTable = await (dist('src/memory/latest-table-layout.js') as Promise<
  typeof import('../dist/src/memory/latest-table-layout.js')
>);
export const packetLayout = await (dist('src/kite/packet-layout.js') as Promise<
  typeof import('../dist/src/kite/packet-layout.js')
>);
export const recordLayout = await (dist('src/memory/record-layout.js') as Promise<
  typeof import('../dist/src/memory/record-layout.js')
>);
export const recordRing = await (dist('src/memory/record-ring-layout.js') as Promise<
  typeof import('../dist/src/memory/record-ring-layout.js')
>);
export const tickLayout = await (dist('src/kite/tick-layout.js') as Promise<
  typeof import('../dist/src/kite/tick-layout.js')
>);
export const kernelUrl = new URL('../../dist/workers/kernels/kite.wasm', import.meta.url);

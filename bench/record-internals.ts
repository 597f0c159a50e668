/** Where a record's fields lie, which the package does not export. Loaded at run time from where the build puts it. */
const dist = (path: string) => import(new URL(`../../dist/src/${path}`, import.meta.url).href);

export const recordLayout = await (dist('memory/record-layout.js') as Promise<
  typeof import('../dist/src/memory/record-layout.js')
>);
export const tickLayout = await (dist('kite/tick-layout.js') as Promise<
  typeof import('../dist/src/kite/tick-layout.js')
>);

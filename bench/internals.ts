/** What the package does not export and is measured on its own; see torture/internals.ts. */
const lane = new URL('../../dist/workers/lane.js', import.meta.url).href;

export const { Lane } = (await import(lane)) as typeof import('../dist/workers/lane.js');

/** The server behind `tickring serve`, which the package does not export. */
const serve = new URL('../../dist/src/serve/', import.meta.url).href;

export const { Server } = (await import(`${serve}server.js`)) as typeof import('../dist/src/serve/server.js');
export const { configure } = (await import(
  `${serve}configuration.js`
)) as typeof import('../dist/src/serve/configuration.js');
export type Server = Awaited<ReturnType<typeof Server.start>>;

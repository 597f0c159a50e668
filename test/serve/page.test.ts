import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KrakenSimulator } from 'tickring/sim';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BTC, krakenSimulator } from '../support/kraken.ts';
import { ask, serveKraken } from '../support/serve.ts';
import { Cached, readDashboard, type Server } from '../support/serve-internals.ts';

let simulator: KrakenSimulator;
let server: Server;

beforeAll(async () => {
  simulator = await krakenSimulator();
  server = await serveKraken(simulator, [BTC]);
});

afterAll(async () => {
  await server.close();
  await simulator.close();
});

test("a page's files are all those in its folder, and nothing else", () => {
  const folder = mkdtempSync(join(tmpdir(), 'tickring-page-'));
  mkdirSync(join(folder, 'parts'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html>');
  writeFileSync(join(folder, 'parts', 'ladder.js'), 'export {};');
  writeFileSync(join(folder, 'notes.map'), '{}');
  const assets = readDashboard(folder);
  expect([...assets.keys()].sort()).toEqual(['/', '/index.html', '/parts/ladder.js']);
  expect(assets.get('/')).toMatchObject({
    type: 'text/html; charset=utf-8',
    etag: expect.stringMatching(/^".+"$/),
  });
  rmSync(folder, { recursive: true });
  expect(readDashboard(folder).size).toBe(0);
});

/** Every module that these import, and what those import. */
async function importsOf(path: string, seen = new Map<string, string>()): Promise<Map<string, string>> {
  if (seen.has(path)) return seen;
  const { status, body, headers } = await ask(server, path);
  expect([path, status, headers.get('content-type')]).toEqual([path, 200, 'text/javascript; charset=utf-8']);
  seen.set(path, body);
  for (const [, name] of (body as string).matchAll(/(?:from|import) ["']([^"']+)["']/g))
    await importsOf(new URL(name!, new URL(path, server.url)).pathname, seen);
  return seen;
}

test.each(['/modules/kite/view.js', '/modules/kraken/view.js', '/modules/memory/decimal.js'])(
  '%s needs nothing that a browser does not have',
  async (path) => {
    const modules = await importsOf(path);
    for (const source of modules.values()) expect(source).not.toMatch(/from ["']node:/);
  },
);

test('modules are not sent again as long as they are the same', async () => {
  const first = await ask(server, '/modules/kite/view.js');
  const headers = { 'if-none-match': first.headers.get('etag')! };
  expect((await ask(server, '/modules/kite/view.js', { headers })).status).toBe(304);
});

test('what many ask at once is fetched once, and what failed is fetched again', async () => {
  let calls = 0;
  const cached = new Cached(async () => {
    calls += 1;
    if (calls === 1) throw new Error('not now');
    return calls;
  }, 60_000);
  const both = await Promise.allSettled([cached.get(), cached.get()]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await Promise.all([cached.get(), cached.get()])).toEqual([2, 2]);
  cached.forget();
  expect(await cached.get()).toBe(3);
});

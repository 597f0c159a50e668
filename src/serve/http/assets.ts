import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A file as it is served. */
export interface Asset {
  readonly type: string;
  readonly etag: string;
  readonly body: Buffer;
}

const DASHBOARD = fileURLToPath(new URL('../dashboard/', import.meta.url));
const SOURCES = new URL('../../', import.meta.url);

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

/** Modules that a browser may import: views and what they are made of. */
const MODULE = /^(errors|(memory|kite|kraken|kalshi)\/[a-z0-9-]+)\.js$/;

/** What stands in for `node:util` there: how an object prints itself is of no use in a browser, but has to be there. */
const NODE_UTIL = "export const inspect = { custom: Symbol.for('nodejs.util.inspect.custom') };\n";
const NODE_UTIL_NAME = 'node-util.js';

/** The dashboard's files, by path: all of them, so that nothing else can be asked for. */
export function readDashboard(folder: string = DASHBOARD): ReadonlyMap<string, Asset> {
  const assets = new Map<string, Asset>();
  for (const name of filesOf(folder)) {
    const type = TYPES[extname(name)];
    if (type === undefined) continue;
    const asset = makeAsset(type, readFileSync(join(folder, name)));
    assets.set(`/${name.replaceAll('\\', '/')}`, asset);
    if (name === 'index.html') assets.set('/', asset);
  }
  return assets;
}

/** Compiled modules of this package, for browsers. */
export class Modules {
  readonly #known = new Map<string, Asset>();

  /** Undefined for what is none of them. */
  async get(path: string): Promise<Asset | undefined> {
    const known = this.#known.get(path);
    if (known) return known;
    const source = path === NODE_UTIL_NAME ? NODE_UTIL : await readModule(path);
    if (source === undefined) return undefined;
    const asset = makeAsset(TYPES['.js']!, Buffer.from(source));
    this.#known.set(path, asset);
    return asset;
  }
}

async function readModule(path: string): Promise<string | undefined> {
  if (!MODULE.test(path)) return undefined;
  try {
    const source = await readFile(new URL(path, SOURCES), 'utf8');
    return source
      .replaceAll(/(from ['"])node:util(['"])/g, `$1/modules/${NODE_UTIL_NAME}$2`)
      .replace(/\n\/\/# sourceMappingURL=.*/, '');
  } catch {
    return undefined;
  }
}

function makeAsset(type: string, body: Buffer): Asset {
  return { type, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`, body };
}

/** None where there is no dashboard. */
function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true }) as string[];
  } catch {
    return [];
  }
}

import { readFileSync } from 'node:fs';
import { isInstalled } from '../../serve/dependencies.ts';
import type { CheckResult } from './check.ts';

/** As far as it is looked at. */
interface Manifest {
  readonly version: string;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

const MANIFEST = new URL('../../../../package.json', import.meta.url);

function manifest(): Manifest {
  return JSON.parse(readFileSync(MANIFEST, 'utf8')) as Manifest;
}

export function checkPackage(): CheckResult {
  return { name: 'tickring', status: 'note', found: manifest().version };
}

/** Packages that `tickring serve` needs, and nothing else does. */
export function checkPeers(): CheckResult {
  const name = 'optional packages';
  const peers = Object.keys(manifest().peerDependencies ?? {});
  const missing = peers.filter((peer) => !isInstalled(peer));
  if (missing.length === 0) return { name, status: 'ok', found: peers.join(', ') };
  const advice = `tickring serve needs them: npm install ${missing.join(' ')}`;
  return { name, status: 'note', found: `not installed: ${missing.join(', ')}`, advice };
}

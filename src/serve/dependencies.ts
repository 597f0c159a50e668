import { createRequire } from 'node:module';
import { DependencyError } from './errors.ts';

/** Optional peers that the server cannot do without. */
const NEEDED = ['fastify', 'prom-client'] as const;

const require = createRequire(import.meta.url);

/** @throws DependencyError that names all that are missing */
export function checkDependencies(): void {
  const missing = NEEDED.filter((name) => !isInstalled(name));
  if (missing.length > 0) throw new DependencyError(missing);
}

export function isInstalled(name: string): boolean {
  try {
    require.resolve(name);
    return true;
  } catch {
    return false;
  }
}

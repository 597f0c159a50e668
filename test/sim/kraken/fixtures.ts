import { existsSync, readFileSync } from 'node:fs';

const folder = new URL('../../../../shared/fixtures/kraken/', import.meta.url);

/** Real captured sessions are not part of the project; tests that need them are skipped without. */
export const hasFixtures = existsSync(folder);

/** The frames of a captured file. */
export function fixture(name: string): string[] {
  return readFileSync(new URL(name, folder), 'utf8').split('\n').filter(Boolean);
}

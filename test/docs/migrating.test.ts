import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const MIGRATING = readFileSync('docs/migrating.md', 'utf8');

test('every test and example that docs/migrating.md names is there', () => {
  const tests = [...MIGRATING.matchAll(/`(test\/[\w./-]+)`/g)].map(([, path]) => path!);
  const examples = [...MIGRATING.matchAll(/examples? ((?:`[\w-]+`(?:, )?)+)/g)].flatMap(([, names]) =>
    [...names!.matchAll(/`([\w-]+)`/g)].map(([, name]) => `examples/${name}.ts`),
  );
  expect(tests.length).toBeGreaterThan(10);
  expect(examples.length).toBeGreaterThan(10);
  expect([...tests, ...examples].filter((path) => !existsSync(path))).toEqual([]);
});

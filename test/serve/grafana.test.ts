import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ask, serve, untilReady } from '../support/serve.ts';

test('the Grafana dashboard asks for metrics that there are, by their names', async () => {
  await using server = await serve('--sim');
  await untilReady(server);
  const { body } = await ask(server, '/metrics');
  const text = readFileSync(new URL('../../docs/grafana.json', import.meta.url), 'utf8');
  const { panels } = JSON.parse(text) as { panels: { title: string; targets: { expr: string }[] }[] };
  expect(panels.length).toBeGreaterThan(10);
  for (const { title, targets } of panels)
    for (const { expr } of targets)
      for (const [, name] of expr.matchAll(/(tickring_\w+)/g)) {
        const family = name!.replace(/_bucket$/, '');
        expect(body, `${title}: ${name}`).toContain(`# TYPE ${family} `);
      }
});

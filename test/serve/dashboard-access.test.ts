import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeInBrowser, launch, watchFor } from '../support/browser.ts';
import { serve, untilReady } from '../support/serve.ts';
import type { Server } from '../support/serve-internals.ts';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

const TOKEN = 'a token of forty characters for this test';

const DESKTOP = { width: 1440, height: 900 };
const TABLET = { width: 820, height: 1180 };
const PHONE = { width: 390, height: 844 };
/** The narrowest that browsers are tested with. */
const NARROW = { width: 320, height: 640 };

/** Of all that moved without anybody's doing, as browsers measure it; 0.1 counts as good. */
const MOST_SHIFT = 0.05;

const MEASURE_SHIFTS = `
  globalThis.shifted = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) globalThis.shifted += entry.value;
  }).observe({ type: 'layout-shift', buffered: true });
`;

describeInBrowser('everybody', () => {
  let server: Server;
  let browser: Browser;

  beforeAll(async () => {
    [server, browser] = await Promise.all([serve(), launch()]);
    await untilReady(server);
  });

  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  async function filled(options: Parameters<Browser['newPage']>[0]): Promise<Page> {
    const page = await browser.newPage(options);
    await page.addInitScript(MEASURE_SHIFTS);
    await page.goto(server.url);
    await page.locator('.bids .level').first().filter({ hasText: /\d/ }).waitFor();
    await page.locator('#figure-rate').filter({ hasText: /\d/ }).waitFor();
    await page.locator('.connection .readers li').first().waitFor();
    return page;
  }

  describe.each([
    ['light', DESKTOP],
    ['dark', DESKTOP],
    ['light', PHONE],
    ['dark', PHONE],
    ['light', TABLET],
    ['light', NARROW],
  ] as const)('in %s, at %o', (colorScheme, viewport) => {
    test('books of all venues fit, those with long names, too', async () => {
      const page = await filled({ viewport, colorScheme });
      const market = page.locator('.row:visible', { hasText: /KX.*-T/s }).first();
      await page.locator('#search').fill('KX');
      await market.click();
      await page.locator('#book-check-title', { hasText: 'Sequence' }).waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(viewport.width);
      await page.close();
    });

    test('can use it: axe finds nothing, nothing moves, nothing stands out to the side', async () => {
      const page = await filled({ viewport, colorScheme });
      expect(await page.evaluate('globalThis.shifted')).toBeLessThan(MOST_SHIFT);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(viewport.width);
      await page.evaluate(await readFile(AXE, 'utf8'));
      const { violations } = (await page.evaluate('axe.run()')) as AxeResults;
      expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
      await page.close();
    });
  });
});

describeInBrowser('with a token', () => {
  let server: Server;
  let browser: Browser;

  beforeAll(async () => {
    [server, browser] = await Promise.all([serve('--token', TOKEN), launch()]);
  });

  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  const filled = (page: Page) => page.locator('.bids .level').first().filter({ hasText: /\d/ }).waitFor();

  test('the page asks for it, tells when it was wrong, and keeps it for the tab', async () => {
    const page = await browser.newPage();
    await page.goto(server.url);
    await page.locator('#token-input').fill('another');
    await page.keyboard.press('Enter');
    await page.locator('#token-wrong', { hasText: 'not accepted' }).waitFor();
    await page.locator('#token-input').fill(TOKEN);
    await page.keyboard.press('Enter');
    await filled(page);
    await page.locator('.row:visible .cell-last').first().filter({ hasText: /\d/ }).waitFor();
    await page.reload();
    await filled(page);
    await page.close();
  });

  test('it may be in the address, and does not stay there', async () => {
    const page = await browser.newPage();
    const wrong = watchFor(page, new URL(server.url).origin);
    await page.goto(`${server.url}#token=${encodeURIComponent(TOKEN)}`);
    await filled(page);
    expect(page.url()).not.toContain('token');
    expect(wrong).toEqual([]);
    await page.close();
  });
});

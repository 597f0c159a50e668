/** A real Chromium for tests of pages. */
import type { Page } from 'playwright-core';
import { describe } from 'vitest';
import { chromiumPath, launchChromium } from '../../bench/chromium.ts';

export { launchChromium as launch };

/** ms: pages are drawn by software, and on a busy machine everything that they do takes its time. */
const PATIENCE = 180_000;

/**
 * As `describe`, on a machine with a browser; elsewhere it is skipped with a line that says so, unless `CI_BROWSER=1` says that
 * there has to be one.
 */
export function describeInBrowser(name: string, tests: () => void): void {
  const { CI_BROWSER } = process.env;
  if (chromiumPath === undefined && CI_BROWSER !== '1') {
    describe.skip(`${name} (skipped: no Chromium here; set CHROMIUM_PATH to one)`, tests);
  } else describe(name, { timeout: PATIENCE }, tests);
}

/** What a page says in its console, and what breaks in it; requests to anywhere but `origin` are among that. */
export function watchFor(page: Page, origin: string): string[] {
  const wrong: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) wrong.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => wrong.push(`thrown: ${error.message}`));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !url.startsWith('data:')) wrong.push(`asked elsewhere: ${url}`);
  });
  return wrong;
}

/** A real Chromium for tests of pages. */
import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { describe } from 'vitest';

const PLACES = [
  process.env['CHROMIUM_PATH'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/opt/google/chrome/chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

const ARGUMENTS = [
  ...['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

const executablePath = PLACES.find((path) => path !== undefined && existsSync(path));

/**
 * As `describe`, on a machine with a browser; elsewhere it is skipped with a line that says so, unless `CI_BROWSER=1` says that
 * there has to be one.
 */
export function describeInBrowser(name: string, tests: () => void): void {
  if (executablePath === undefined && process.env['CI_BROWSER'] !== '1') {
    describe.skip(`${name} (skipped: no Chromium here; set CHROMIUM_PATH to one)`, tests);
  } else describe(name, tests);
}

export function launch(): Promise<Browser> {
  if (executablePath === undefined) throw new Error('no Chromium found: set CHROMIUM_PATH to one');
  return chromium.launch({ executablePath, args: ARGUMENTS });
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

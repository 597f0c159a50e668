import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const { CHROMIUM_PATH } = process.env;

const PLACES = [
  CHROMIUM_PATH,
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

/** Where this machine has a Chromium; undefined: nowhere that is known. */
export const chromiumPath = PLACES.find((path) => path !== undefined && existsSync(path));

/** A headless Chromium, which draws by software. */
export function launchChromium(): Promise<Browser> {
  if (chromiumPath === undefined) throw new Error('no Chromium found: set CHROMIUM_PATH to one');
  return chromium.launch({ executablePath: chromiumPath, args: ARGUMENTS });
}

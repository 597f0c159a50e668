import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeInBrowser, launch, watchFor } from '../support/browser.ts';
import { serve, untilReady } from '../support/serve.ts';
import type { Server } from '../support/serve-internals.ts';

describeInBrowser('the faults panel', () => {
  let server: Server;
  let browser: Browser;
  let page: Page;
  let wrong: string[];

  beforeAll(async () => {
    [server, browser] = await Promise.all([serve(), launch()]);
    await untilReady(server);
    page = await browser.newPage();
    wrong = watchFor(page, new URL(server.url).origin);
    await page.goto(server.url);
    await page.locator('.bids .level').first().filter({ hasText: /\d/ }).waitFor();
  });

  afterAll(async () => {
    await browser.close();
    await server.close();
    expect(wrong).toEqual([]);
  });

  const button = (venue: string, fault: string): Locator =>
    page.locator(`.fault[data-venue="${venue}"][data-fault="${fault}"]`);
  const event = (text: string): Locator => page.locator('.event', { hasText: text }).first();

  async function breakAndRecover(venue: string, fault: string): Promise<void> {
    await button(venue, fault).click();
    await button(venue, fault).filter({ hasText: 'Recovered in' }).waitFor();
  }

  test('cuts a connection, which comes back', async () => {
    await breakAndRecover('kite', 'cut-connection');
    await event('Kite 0 degraded').waitFor();
    await event('Kite 0 subscribed').waitFor();
    await page.locator('.connection', { hasText: 'Kite 0' }).filter({ hasText: '1 reconnect' }).waitFor();
  });

  test('corrupts a checksum of the book on show, which is whole again after a new snapshot', async () => {
    const book = await page.locator('#book-title').innerText();
    await breakAndRecover('kraken', 'corrupt-checksum');
    await event(`${book} checksum differs`).waitFor();
    await event(`${book} whole again`).waitFor();
    await page.locator('#book-state', { hasText: 'live' }).waitFor();
  });

  test('drops updates, which the checksum gives away', async () => {
    await breakAndRecover('kraken', 'drop-update');
  });

  test('drops messages that are numbered, which the numbers give away', async () => {
    await expect(button('kalshi', 'drop-update').innerText()).resolves.toContain('the numbers give it away');
    await breakAndRecover('kalshi', 'drop-update');
    const gap = event('was due');
    expect(await gap.innerText()).toMatch(/\d+ books gap Kalshi, number \d+ was due, \d+ came/);
    await event('books resyncing').filter({ hasText: 'by snapshot' }).waitFor();
    await event('books whole again').waitFor();
  });

  test('stalls a decoder, which catches up and loses nothing', async () => {
    await breakAndRecover('kraken', 'stall-decoder');
    expect(await page.locator('#figure-dropped').innerText()).toBe('0');
  });
});

describeInBrowser('a dashboard of a server that allows nothing', () => {
  test('has no faults panel, and neither adds nor removes', async () => {
    const [server, browser] = await Promise.all([serve('--sim', '--venue', 'kraken'), launch()]);
    await untilReady(server);
    const page = await browser.newPage();
    await page.goto(server.url);
    await page.locator('.bids .level').first().filter({ hasText: /\d/ }).waitFor();
    expect(await page.locator('#faults').isVisible()).toBe(false);
    expect(await page.locator('#book-remove').isVisible()).toBe(false);
    expect(await page.locator('#search').getAttribute('placeholder')).toBe('Filter');
    await browser.close();
    await server.close();
  });
});

import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { describeInBrowser, launch, watchFor } from '../support/browser.ts';
import { ask, serve, untilReady } from '../support/serve.ts';
import type { Server } from '../support/serve-internals.ts';

/** What is asked again until it is so: a busy machine takes its time. */
const PATIENT = { timeout: 30_000 };

describeInBrowser('the dashboard', () => {
  let server: Server;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let wrong: string[];

  beforeAll(async () => {
    [server, browser] = await Promise.all([serve(), launch()]);
    await untilReady(server);
  });

  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  beforeEach(async () => {
    context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    page = await context.newPage();
    wrong = watchFor(page, new URL(server.url).origin);
  });

  afterEach(async ({ task }) => {
    // What was seen, for whoever looks into a run.
    await page.screenshot({ path: `build/screenshots/${task.name.replace(/\W+/g, '-')}.png` });
    await context.close();
    expect(wrong).toEqual([]);
  });

  const row = (symbol: string): Locator => page.locator(`.row[data-symbol="${symbol}"]:visible`);
  const last = (symbol: string): Locator => row(symbol).locator('.cell-last');
  const title = (): Promise<string> => page.locator('#book-title').innerText();
  const opened = (name: string): Promise<void> => page.locator('#book-title', { hasText: name }).waitFor();
  /** The page's program listens: what is clicked before is lost. */
  const running = (): Promise<void> => page.locator('.row:visible').first().waitFor();
  const search = (): Locator => page.locator('#search');

  /** A market of Kalshi's that has prices on both sides. */
  async function someMarket(): Promise<string> {
    const { body } = await ask(server, '/symbols?venue=kalshi');
    for (const { symbol } of body.venues.kalshi) {
      const { bid, ask: best } = (await ask(server, `/depth/${symbol}`)).body;
      if (bid !== null && best !== null && symbol.length > 20) return symbol;
    }
    throw new Error('no market has both sides');
  }

  test('shows prices of all venues and a book, without anything being touched', async () => {
    await page.goto(server.url);
    await Promise.all([
      last('BTC/USD').filter({ hasText: /\d/ }).waitFor(),
      last('408065').filter({ hasText: /\d/ }).waitFor(),
      page
        .locator('.row:visible:has([data-venue="kalshi"]) .cell-last')
        .filter({ hasText: /\d/ })
        .first()
        .waitFor(),
      page.locator('.bids .level').first().filter({ hasText: /\d/ }).waitFor(),
    ]);
    expect(await page.locator('.venue').allInnerTexts()).toEqual([
      expect.stringContaining('Kite'),
      expect.stringContaining('Kraken'),
      expect.stringContaining('Kalshi'),
    ]);
  });

  test("reads records with the library's own views", async () => {
    const views = ['kite', 'kraken', 'kalshi'].map((venue) =>
      page.waitForResponse(`**/modules/${venue}/view.js`),
    );
    await page.goto(server.url);
    for (const response of await Promise.all(views)) expect(response.status()).toBe(200);
  });

  test('has a row on the page for what can be seen, and shows the others as it scrolls', async () => {
    await page.goto(server.url);
    await last('BTC/USD').waitFor();
    const grid = page.locator('#watch-grid');
    const rows = Number(await grid.getAttribute('aria-rowcount')) - 1;
    expect(rows).toBeGreaterThan(300);
    expect(await page.locator('.row').count()).toBeLessThan(60);
    await page.evaluate("document.querySelector('#watch-scroll').scrollTop = 1e9");
    await page.locator(`.row[aria-rowindex="${rows + 1}"]:visible`).waitFor();
  });

  test('has no prices for a side without orders', async () => {
    await page.goto(server.url);
    await running();
    await search().fill('KX');
    await page
      .locator('.row:visible .cell-bid')
      .filter({ hasText: /0\.\d*[1-9]/ })
      .first()
      .waitFor();
    expect(await page.locator('.row:visible .cell-bid').allInnerTexts()).not.toContain('0.0000');
    expect(await page.locator('.row:visible .cell-ask').allInnerTexts()).not.toContain('1.0000');
  });

  test('sorts by a column, one way and the other', async () => {
    await page.goto(server.url);
    await last('BTC/USD').filter({ hasText: /\d/ }).waitFor();
    const head = page.locator('.head-cell', { hasText: 'Last' });
    const firstPrice = async () => {
      const first = page.locator('.row[aria-rowindex="2"]:visible .cell-last');
      return Number((await first.innerText()).replaceAll(',', ''));
    };
    await head.getByRole('button').click();
    expect(await head.getAttribute('aria-sort')).toBe('descending');
    await expect.poll(firstPrice, PATIENT).toBeGreaterThan(50_000);
    await head.getByRole('button').click();
    expect(await head.getAttribute('aria-sort')).toBe('ascending');
    await expect.poll(firstPrice, PATIENT).toBeLessThan(1);
  });

  test('chooses a book by mouse, and keeps it over a reload', async () => {
    await page.goto(server.url);
    await row('408065').click();
    await opened('INFY');
    expect(await page.locator('.ladder-head span').allInnerTexts()).toContain('Orders');
    expect(await page.locator('.bids .level').count()).toBe(5);
    await page.reload();
    await opened('INFY');
  });

  test('says of each venue how it is known that a book is right, in a head that keeps its height', async () => {
    await page.goto(server.url);
    await running();
    await opened('BTC/USD');
    const check = page.locator('#book-check');
    const heights = new Set<number>();
    const shown = async (name: string) => {
      await search().fill(name);
      await row(name).click();
      heights.add((await page.locator('.book-head').boundingBox())!.height);
      return page.locator('#book-check-title').innerText();
    };
    expect(await shown('BTC/USD')).toBe('Checksum');
    await check.filter({ hasText: 'matches' }).waitFor();
    expect(await shown('408065')).toBe('Check');
    await check.filter({ hasText: 'venue has none' }).waitFor();
    const market = await someMarket();
    expect(await shown(market)).toBe('Sequence');
    await check.filter({ hasText: 'complete' }).waitFor();
    await opened(market);
    expect(heights.size).toBe(1);
    // A long name keeps its end, which tells it from others like it.
    const names = row(market).locator('.cell-symbol > span');
    expect((await names.allTextContents()).join('')).toBe(market);
    const [cell, end] = [
      await row(market).locator('.cell-symbol').boundingBox(),
      await names.last().boundingBox(),
    ];
    expect(end!.x + end!.width).toBeLessThanOrEqual(cell!.x + cell!.width);
  });

  test('is used by keyboard: find, walk, choose, add, remove', async () => {
    await page.goto(server.url);
    await last('BTC/USD').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('INFY');
    await row('BTC/USD').waitFor({ state: 'hidden' });
    await page.keyboard.press('Escape');
    await row('BTC/USD').waitFor();
    await page.locator('.row[tabindex="0"]:visible').focus();
    await page.keyboard.press('End');
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    const walked = await page.locator('.row:focus .cell-symbol').innerText();
    await page.keyboard.press('Enter');
    await opened(walked.trim().split(/\s/).at(-1)!);

    const removed = await title();
    await row(removed).focus();
    await page.keyboard.press('Delete');
    await page.locator('#book-title').filter({ hasNotText: removed }).waitFor();
    await expect.poll(() => row(removed).count(), PATIENT).toBe(0);

    await page.keyboard.press('/');
    await page.keyboard.type(removed.toLowerCase());
    await page
      .locator('.offers button', { hasText: `Add ${removed}` })
      .first()
      .waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await opened(removed);
    await last(removed).filter({ hasText: /\d/ }).waitFor();
    await page.locator('.bids .level').first().filter({ hasText: /\d/ }).waitFor();
  });

  test('adds and removes a symbol by mouse, and follows what others do', async () => {
    await page.goto(server.url);
    const other = await context.newPage();
    await other.goto(server.url);
    await last('BTC/USD').filter({ hasText: /\d/ }).waitFor();
    const token = await someTokenToAdd();
    await search().fill(token);
    await page
      .locator('.offers button', { hasText: `Add ${token}` })
      .first()
      .click();
    await opened(token);
    await last(token).filter({ hasText: /\d/ }).waitFor();
    await other.locator('#search').fill(token);
    await other.locator(`.row[data-symbol="${token}"]:visible`).waitFor();
    expect(await other.locator('.offers button', { hasText: `Add ${token}` }).count()).toBe(0);
    await page.locator('#book-remove').click();
    await page.locator('#book-title').filter({ hasNotText: token }).waitFor();
    await other.locator(`.row[data-symbol="${token}"]:visible`).waitFor({ state: 'hidden' });
  });

  /** An instrument that the simulator has, and that is not subscribed to. */
  async function someTokenToAdd(): Promise<string> {
    const { body } = await ask(server, '/subscriptions?venue=kite&query=384&limit=1');
    return body.symbols[0];
  }

  test('tells rates, latencies, rings, readers and states', async () => {
    await page.goto(server.url);
    await page.locator('#figure-rate').filter({ hasText: /\d/ }).waitFor();
    await page
      .locator('#figure-latency')
      .filter({ hasText: /[µm]?s$/ })
      .waitFor();
    for (const venue of ['Kite 0', 'Kraken 0']) {
      const line = page.locator('.connection', { hasText: venue });
      await line.filter({ hasText: 'subscribed' }).waitFor();
      await line.locator('.readers li', { hasText: 'conflating reader' }).first().waitFor();
      await expect
        .poll(() => line.locator('.history').getAttribute('aria-label'), PATIENT)
        .toMatch(/^subscribed for/);
    }
    await expect
      .poll(() => page.locator('#rate-chart').getAttribute('aria-label'), PATIENT)
      .toMatch(/now Kite [\d,]+, Kraken [\d,]+, Kalshi [\d,]+$/);
    for (const chart of ['rate', 'latency', 'depth', 'spread'])
      await page.locator(`#${chart}-chart canvas`).waitFor();
  });

  test('keeps the theme that was chosen', async () => {
    await page.goto(server.url);
    await running();
    const scheme = () => page.evaluate('getComputedStyle(document.documentElement).colorScheme');
    await page.locator('#theme').click();
    expect(await scheme()).toBe('dark');
    await page.reload();
    expect(await scheme()).toBe('dark');
  });

  test('shows more than 300 symbols at once on the wall', async () => {
    await page.setViewportSize({ width: 2560, height: 1440 });
    await page.goto(server.url);
    await running();
    await page.locator('#wall').click();
    await expect.poll(() => page.locator('.row:visible').count(), PATIENT).toBeGreaterThan(300);
  });
});

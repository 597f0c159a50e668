import { describe, expect, test } from 'vitest';
import { ESC, NO_TERMINAL, Terminal } from '../support/terminal.ts';

/** A few pairs, so that the simulator is up at once. */
const TOP = ['top', 'BTC/USD', 'ETH/USD', '--interval', '50'];
const BOOK = ['book', 'BTC/USD', '--interval', '50'];

if (NO_TERMINAL) process.stderr.write(`the terminal views are not tested: ${NO_TERMINAL}\n`);

describe.skipIf(NO_TERMINAL)('on a terminal', () => {
  test.each([
    ['q', 'q'],
    ['Esc', '\x1b'],
    ['Ctrl-C', '\x03'],
  ])('%s quits the table, and the terminal is as it was', async (_, key) => {
    using terminal = Terminal.start(TOP);
    await terminal.shows(/BTC\/USD.*right/s);
    terminal.press(key);
    expect(await terminal.end()).toBe(0);
    expect(terminal.restored).toBe(true);
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    '%s ends it, and the terminal is as it was',
    async (name) => {
      using terminal = Terminal.start(BOOK);
      await terminal.shows(/spread/);
      await terminal.signal(name);
      expect(await terminal.end()).toBe(0);
      expect(terminal.restored).toBe(true);
    },
  );

  test('an error that nobody expected is seen, and the terminal is as it was', async () => {
    const preload = `process.on('SIGUSR2', () => { throw new Error('not expected'); })`;
    const environment = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(preload)}` };
    using terminal = Terminal.start(BOOK, { environment });
    await terminal.shows(/spread/);
    await terminal.signal('SIGUSR2');
    expect(await terminal.end()).toBe(1);
    expect(terminal.restored).toBe(true);
    const left = terminal.output.lastIndexOf(`${ESC}[?1049l`);
    expect(terminal.output.indexOf('Error: not expected')).toBeGreaterThan(left);
  });

  test('what fails before anything is drawn leaves the terminal alone', async () => {
    using terminal = Terminal.start(['book', 'NO/SUCH']);
    expect(await terminal.end()).toBe(2);
    expect(terminal.output).toContain('has no NO/SUCH');
    expect(terminal.output).not.toContain(`${ESC}[?1049h`);
  });

  test('keys sort, scroll, hold still and explain themselves', async () => {
    using terminal = Terminal.start(['top', '--venue', 'kraken', '--interval', '50'], { rows: 20 });
    await terminal.shows(/symbol▴/);
    terminal.press('c');
    await terminal.shows(/change▾/);
    terminal.press('r');
    await terminal.shows(/change▴/);
    terminal.press('s\x1b[F');
    await terminal.shows(/XRP\/USD/);
    terminal.press(' ');
    await terminal.shows(/held still/);
    terminal.press('?');
    await terminal.shows(/q Esc Ctrl-C/);
    terminal.press('q');
    expect(await terminal.end()).toBe(0);
  });

  test('draws for the size that the terminal has, also after it has changed', async () => {
    using terminal = Terminal.start(['top', '--venue', 'kraken', '--interval', '50'], {
      columns: 140,
      rows: 30,
    });
    await terminal.shows(/ask qty/);
    const before = terminal.output.length;
    await terminal.resize(60, 10);
    // Cleared, and drawn anew.
    await terminal.shows(/␛\[2J.*␛\[\?2026l.*␛\[\?2026l/s, before);
    const after = terminal.output.slice(terminal.output.indexOf(`${ESC}[2J`, before));
    const rows = Array.from(after.matchAll(/␛\[(\d+);1H/g), ([, row]) => Number(row));
    expect(Math.max(...rows)).toBe(10);
    expect(after).not.toContain('ask qty');
    terminal.press('q');
    expect(await terminal.end()).toBe(0);
  });

  test('Ctrl-Z gives the terminal back while it is stopped, and it draws again when it goes on', async () => {
    using terminal = Terminal.start(BOOK);
    await terminal.shows(/spread/);
    terminal.press('\x1a');
    await terminal.shows(/␛\[\?1049l.*stopped.* icanon .*␛\[\?1049h.*spread/s);
    terminal.press('q');
    expect(await terminal.end()).toBe(0);
    expect(terminal.restored).toBe(true);
  });

  test('NO_COLOR leaves out colours, and nothing else', async () => {
    using terminal = Terminal.start(BOOK, { environment: { NO_COLOR: '1' } });
    await terminal.shows(/spread/);
    terminal.press('q');
    expect(await terminal.end()).toBe(0);
    expect(terminal.output).toContain(`${ESC}[?1049h`);
    expect(terminal.output).not.toMatch(/␛\[\d+(;\d+)*m/);
  });

  test('colours are there otherwise', async () => {
    using terminal = Terminal.start(BOOK);
    await terminal.shows(/␛\[31m *\d/);
    terminal.press('q');
    expect(await terminal.end()).toBe(0);
  });

  test('--once prints, and takes no screen of its own', async () => {
    using terminal = Terminal.start([...BOOK, '--once', '--levels', '3']);
    expect(await terminal.end()).toBe(0);
    expect(terminal.output).toMatch(/spread \d/);
    expect(terminal.output).not.toContain(`${ESC}[?1049h`);
  });

  test('a terminal that cannot move its cursor is written to like a file', async () => {
    using terminal = Terminal.start(BOOK, { environment: { TERM: 'dumb' } });
    await terminal.shows(/spread \d/);
    await terminal.signal('SIGTERM');
    expect(await terminal.end()).toBe(0);
    expect(terminal.output).not.toContain(ESC);
  });
});

import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Interruption } from '../interruption.ts';
import { Screen } from './screen.ts';
import { type Line, lineText } from './styled-text.ts';

/** What a view has room for. */
export interface ViewSize {
  readonly columns: number;
  /** Infinity where nothing is cut off: in files and pipes. */
  readonly rows: number;
}

/** Something that is looked at again and again, and can be drawn. */
export interface LiveView {
  /** Looks at what there is now. */
  sample(): void;
  /** Draws what was seen then. Pure. */
  lines(size: ViewSize): readonly Line[];
  /** A key was pressed; other than those that end it. */
  press(key: string): void;
  /** Whether there is something to show for all that was asked for. */
  readonly complete: boolean;
}

export interface LiveOptions {
  /** Between looks, ms. */
  readonly interval: number;
  /** Prints one look and is done. */
  readonly once: boolean;
  /** Ends by itself after so many seconds; Infinity: never. */
  readonly seconds: number;
}

/** Keys that end every view. */
const QUIT = new Set(['q', 'Q', 'escape', 'ctrl-c']);

/** Where a line ends that goes to a file or pipe. */
const PIPED: ViewSize = { columns: Number.POSITIVE_INFINITY, rows: Number.POSITIVE_INFINITY };

/** `--once` waits so long, ms, for everything to be there. */
const COMPLETE_WITHIN = 10_000;
/** How often it looks whether it is. */
const LOOK = 50;

/**
 * Shows a view: on a terminal live, over the whole of it, until a key, a signal or the time ends it; elsewhere one look after
 * the other, without escape sequences.
 *
 * @returns whether the view was complete at last
 */
export async function showLive(view: LiveView, options: LiveOptions): Promise<boolean> {
  const { stdout } = process;
  // A terminal that cannot move its cursor is like a file.
  const { TERM } = process.env;
  const live = stdout.isTTY && TERM !== 'dumb' && !options.once;
  await (live ? showOnScreen(view, options) : showAsText(view, options));
  return view.complete;
}

async function showOnScreen(view: LiveView, { interval, seconds }: LiveOptions): Promise<void> {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const colours = process.stdout.hasColors();
  const draw = () => {
    const { columns, rows } = screen;
    screen.draw(view.lines({ columns, rows }).map((line) => lineText(line, columns, colours)));
  };
  const screen = Screen.open({
    end,
    resize: draw,
    key(name) {
      if (QUIT.has(name)) {
        end();
        return;
      }
      view.press(name);
      draw();
    },
  });
  const look = () => {
    view.sample();
    draw();
  };
  const looking = setInterval(look, interval);
  const timer = Number.isFinite(seconds) ? setTimeout(end, seconds * 1000) : undefined;
  try {
    look();
    await ended;
  } finally {
    clearInterval(looking);
    clearTimeout(timer);
    screen.close();
  }
}

async function showAsText(view: LiveView, { interval, once: single, seconds }: LiveOptions): Promise<void> {
  const { stdout } = process;
  using interruption = new Interruption(seconds);
  const { signal } = interruption;
  const size = { ...PIPED, columns: stdout.columns || PIPED.columns };
  const colours = stdout.isTTY === true && stdout.hasColors();
  const print = (separator: string) => {
    const lines = view.lines(size).map((line) => lineText(line, size.columns, colours));
    return stdout.write(`${separator}${lines.join('\n')}\n`);
  };
  try {
    await untilComplete(view, signal);
    // Rates are of the time between two looks.
    await delay(interval, undefined, { signal });
    view.sample();
    print('');
    while (!single) {
      await delay(interval, undefined, { signal });
      view.sample();
      // Whoever reads slowly sees fewer of them; each is of its time.
      if (!print('\n')) await once(stdout, 'drain', { signal });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function untilComplete(view: LiveView, signal: AbortSignal): Promise<void> {
  const until = performance.now() + COMPLETE_WITHIN;
  view.sample();
  while (!view.complete && performance.now() < until) {
    await delay(LOOK, undefined, { signal });
    view.sample();
  }
}

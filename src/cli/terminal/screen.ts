import { writeSync } from 'node:fs';
import type { ReadStream } from 'node:tty';
import { KeyDecoder } from './key-decoder.ts';

/** Alternate screen, no cursor, no wrapping of lines that a resize made too long; and all of it back. */
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J';
const LEAVE = '\x1b[?7h\x1b[?25h\x1b[?1049l';
/** Terminals that know it show what lies between at once; others ignore it. */
const BEGIN_UPDATE = '\x1b[?2026h';
const END_UPDATE = '\x1b[?2026l';

/** How long a beginning of a sequence may stay alone, ms, before it was the Escape key: slow links tear them apart. */
const ESCAPE_DELAY = 50;

/** Signals whose default would leave the terminal as it is. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

export interface ScreenListener {
  key(name: string): void;
  resize(): void;
  /** Somebody wants it to end: a signal, or the terminal is gone. */
  end(): void;
}

/**
 * A terminal that is drawn on. From `open` to `close` it is in raw mode and on its alternate screen; it is put back whatever
 * ends the process, short of SIGKILL.
 */
export class Screen {
  readonly #output = process.stdout;
  readonly #input: ReadStream | undefined;
  readonly #listener: ScreenListener;
  readonly #keys = new KeyDecoder();
  readonly #unlisten: (() => void)[] = [];
  #drawn: readonly string[] = [];
  #entered = false;
  #escape: NodeJS.Timeout | undefined;

  /** @param input undefined where no keys can be read */
  private constructor(input: ReadStream | undefined, listener: ScreenListener) {
    this.#input = input;
    this.#listener = listener;
  }

  /** Takes over the terminal that is standard output, with the keys of standard input if that is one, too. */
  static open(listener: ScreenListener): Screen {
    const { stdin } = process;
    const screen = new Screen(stdin.isTTY ? stdin : undefined, listener);
    screen.#listen();
    screen.#enter();
    return screen;
  }

  get columns(): number {
    return this.#output.columns || 80;
  }

  get rows(): number {
    return this.#output.rows || 24;
  }

  /** Shows these lines and nothing else; writes only those that have changed. */
  draw(lines: readonly string[]): void {
    if (!this.#entered) return;
    const shown = lines.slice(0, this.rows);
    let update = '';
    for (let row = 0; row < Math.max(shown.length, this.#drawn.length); row++) {
      const line = shown[row] ?? '';
      if (line !== this.#drawn[row]) update += `\x1b[${row + 1};1H${line}\x1b[K`;
    }
    this.#drawn = shown;
    if (update !== '') this.#output.write(BEGIN_UPDATE + update + END_UPDATE);
  }

  /** Puts the terminal back. Idempotent. */
  close(): void {
    this.#leave();
    for (const unlisten of this.#unlisten.splice(0)) unlisten();
    clearTimeout(this.#escape);
    this.#input?.pause();
  }

  #listen(): void {
    const on = (target: NodeJS.EventEmitter, name: string, listener: (...args: never[]) => void) => {
      const listening = listener as (...args: unknown[]) => void;
      target.on(name, listening);
      this.#unlisten.push(() => target.off(name, listening));
    };
    const end = () => this.#listener.end();
    for (const signal of SIGNALS) on(process, signal, end);
    on(process, 'SIGCONT', () => this.#continue());
    // Before the error is printed, so that it is seen.
    on(process, 'uncaughtExceptionMonitor', () => this.#leave());
    on(process, 'exit', () => this.#leave());
    on(this.#output, 'resize', () => this.#resized());
    // A terminal that was closed cannot be drawn on any more.
    on(this.#output, 'error', end);
    if (!this.#input) return;
    this.#input.setEncoding('utf8');
    on(this.#input, 'data', (text: string) => this.#typed(text));
    on(this.#input, 'end', end);
    on(this.#input, 'error', end);
  }

  #enter(): void {
    this.#entered = true;
    this.#drawn = [];
    this.#input?.setRawMode(true);
    this.#input?.resume();
    this.#output.write(ENTER);
  }

  #leave(): void {
    if (!this.#entered) return;
    this.#entered = false;
    try {
      this.#input?.setRawMode(false);
      // Not by way of the stream: the process may be about to end.
      writeSync(this.#output.fd, LEAVE);
    } catch {
      // The terminal is gone: there is nothing to put back.
    }
  }

  #typed(text: string): void {
    clearTimeout(this.#escape);
    for (const key of this.#keys.push(text)) this.#pressed(key);
    if (!this.#keys.pending) return;
    this.#escape = setTimeout(() => {
      for (const key of this.#keys.flush()) this.#pressed(key);
    }, ESCAPE_DELAY);
  }

  #pressed(key: string): void {
    if (key === 'ctrl-z') this.#suspend();
    else if (key === 'ctrl-l') this.#resized();
    else this.#listener.key(key);
  }

  #suspend(): void {
    this.#leave();
    process.kill(process.pid, 'SIGTSTP');
  }

  #continue(): void {
    if (!this.#entered) this.#enter();
    this.#listener.resize();
  }

  /** What the terminal shows is not what was drawn any more. */
  #resized(): void {
    this.#drawn = [];
    if (this.#entered) this.#output.write('\x1b[2J');
    this.#listener.resize();
  }
}

/** Commands on a pseudo-terminal, by the help of util-linux's `script`, which every Debian has. */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { endWithTest } from './children.ts';
import { MAIN } from './command.ts';

/** How escape characters are shown in what has been written. */
export const ESC = '␛';

const ALTERNATE_SCREEN = `${ESC}[?1049h`;
const MAIN_SCREEN = `${ESC}[?1049l`;
const CURSOR_SHOWN = `${ESC}[?25h`;

/** Undefined, or why there are no pseudo-terminals here. */
export const NO_TERMINAL = noTerminal();

function noTerminal(): string | undefined {
  try {
    if (execFileSync('script', ['--version'], { encoding: 'utf8' }).includes('util-linux')) return undefined;
    return 'script is not that of util-linux';
  } catch {
    return 'there is no script (of util-linux) here';
  }
}

/** A command that runs on a terminal of its own. */
export class Terminal {
  readonly #child: ChildProcess;
  #output = '';
  #ended = false;
  #waiting: (() => void)[] = [];

  private constructor(child: ChildProcess) {
    this.#child = endWithTest(child, () => this[Symbol.dispose]());
    child
      .stdout!.setEncoding('utf8')
      .on('data', (text: string) => {
        this.#output += text.replaceAll('\x1b', ESC);
        this.#tell();
      })
      .on('end', () => {
        this.#ended = true;
        this.#tell();
      });
  }

  /** Runs `tickring`; then the shell says how it ended, and how it left the terminal. */
  static start(
    args: readonly string[],
    { columns = 100, rows = 30, environment = {} }: TerminalOptions = {},
  ): Terminal {
    const command = [process.execPath, MAIN, ...args].map((word) => `'${word}'`).join(' ');
    // As a shell does: what was stopped, it tells, and has go on.
    const shell = `
      echo "tty $(tty)"; stty rows ${rows} cols ${columns}
      ${command} & echo "pid $!"; fg >/dev/null; code=$?
      while [ $code = 148 ]; do echo stopped; stty -a; fg >/dev/null; code=$?; done
      echo "code $code"; stty -a; echo done`;
    // Node shows no colours where CI or NO_COLOR is set, whatever the terminal can do.
    const env = {
      ...process.env,
      TERM: 'xterm-256color',
      CI: undefined,
      NO_COLOR: undefined,
      ...environment,
    };
    const child = spawn('script', ['-qefc', `bash -mc '${shell.replaceAll("'", `'"'"'`)}'`, '/dev/null'], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env,
    });
    return new Terminal(child);
  }

  /** All that has been written, escape sequences and all, their escape characters as `ESC`. */
  get output(): string {
    return this.#output;
  }

  /** Whether it was put back as it was: screen, cursor, and lines that are edited and echoed. */
  get restored(): boolean {
    const left = this.#output.lastIndexOf(MAIN_SCREEN);
    return (
      left > this.#output.lastIndexOf(ALTERNATE_SCREEN) &&
      this.#output.includes(CURSOR_SHOWN) &&
      / icanon /.test(this.#output) &&
      / echo /.test(this.#output)
    );
  }

  press(keys: string): void {
    this.#child.stdin!.write(keys);
  }

  async resize(columns: number, rows: number): Promise<void> {
    const [, tty] = await this.shows(/tty (\/dev\/\S+)/);
    execFileSync('stty', ['-F', tty!, 'cols', String(columns), 'rows', String(rows)]);
  }

  async signal(name: NodeJS.Signals): Promise<void> {
    const [, pid] = await this.shows(/pid (\d+)/);
    process.kill(Number(pid), name);
  }

  /**
   * Waits until it has been written; fails when the terminal ends without.
   *
   * @param from only what came after so many characters of the output
   */
  async shows(pattern: RegExp, from = 0): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.#output.slice(from));
      if (found) return found;
      if (this.#ended) throw new Error(`the terminal has ended without ${pattern}:\n${this.#output}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** The exit code of `tickring`, once the shell has said what it left behind. */
  async end(): Promise<number> {
    const [, code] = await this.shows(/code (\d+).*\ndone/s);
    return Number(code);
  }

  /** Ends all that runs on it: `script` alone would leave the command behind, on a terminal that is no more. */
  [Symbol.dispose](): void {
    const [, pid] = /pid (\d+)/.exec(this.#output) ?? [];
    const isOver = /code \d+/.test(this.#output);
    this.#child.kill('SIGKILL');
    if (pid === undefined || isOver) return;
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
  }

  #tell(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

export interface TerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

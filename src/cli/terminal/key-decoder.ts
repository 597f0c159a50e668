/** Sequences that terminals send for keys that write nothing. */
const SEQUENCES: Readonly<Record<string, string>> = {
  '[A': 'up',
  '[B': 'down',
  '[C': 'right',
  '[D': 'left',
  '[H': 'home',
  '[F': 'end',
  '[1~': 'home',
  '[4~': 'end',
  '[5~': 'page-up',
  '[6~': 'page-down',
  '[Z': 'back-tab',
  OA: 'up',
  OB: 'down',
  OC: 'right',
  OD: 'left',
  OH: 'home',
  OF: 'end',
};

const NAMES: Readonly<Record<string, string>> = {
  '\x03': 'ctrl-c',
  '\x1a': 'ctrl-z',
  '\x0c': 'ctrl-l',
  '\x1b': 'escape',
  '\t': 'tab',
  '\r': 'enter',
  '\n': 'enter',
  '\x7f': 'backspace',
  ' ': 'space',
};

const ESCAPE = '\x1b';

/** What follows Escape in a sequence, and in one whose end has not come yet. */
const SEQUENCE = /^(?:\[[0-9;?]*[@-~]|O[@-~])/;
const UNFINISHED = /^(?:\[[0-9;?]*|O)?$/;

/** What comes from a terminal in raw mode, as names of keys: `'q'`, `'up'`, `'escape'`, `'ctrl-c'`. */
export class KeyDecoder {
  #rest = '';

  /** Whether something may be the beginning of a sequence; if nothing follows, it was the Escape key. */
  get pending(): boolean {
    return this.#rest !== '';
  }

  push(text: string): string[] {
    const keys: string[] = [];
    let rest = this.#rest + text;
    this.#rest = '';
    while (rest !== '') {
      const behind = rest.startsWith(ESCAPE) ? rest.slice(ESCAPE.length) : undefined;
      if (behind !== undefined && UNFINISHED.test(behind)) {
        this.#rest = rest;
        break;
      }
      const [sequence] = (behind !== undefined && SEQUENCE.exec(behind)) || [];
      if (sequence !== undefined) {
        const name = SEQUENCES[sequence];
        if (name) keys.push(name);
        rest = behind!.slice(sequence.length);
        continue;
      }
      const character = String.fromCodePoint(rest.codePointAt(0)!);
      keys.push(NAMES[character] ?? character);
      rest = rest.slice(character.length);
    }
    return keys;
  }

  /** Nothing has followed for a while. */
  flush(): string[] {
    const rest = this.#rest;
    this.#rest = '';
    return rest === '' ? [] : ['escape'];
  }
}

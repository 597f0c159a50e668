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
  '\t': 'tab',
  '\r': 'enter',
  '\n': 'enter',
  '\x7f': 'backspace',
  ' ': 'space',
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: Escape begins every sequence
const SEQUENCE = /^\x1b(\[[0-9;?]*[@-~]|O[@-~])/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const UNFINISHED = /^\x1b(\[[0-9;?]*|O)?$/;

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
      if (UNFINISHED.test(rest)) {
        this.#rest = rest;
        break;
      }
      const [sequence, body] = SEQUENCE.exec(rest) ?? [];
      if (sequence !== undefined) {
        const name = SEQUENCES[body!];
        if (name) keys.push(name);
        rest = rest.slice(sequence.length);
        continue;
      }
      const character = String.fromCodePoint(rest.codePointAt(0)!);
      keys.push(character === '\x1b' ? 'escape' : (NAMES[character] ?? character));
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

/** JSON as a tree that keeps numbers as they were written, and the many ways of writing a tree. */

import fc from 'fast-check';

/** A number as it was written. */
export class Token {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Tree = null | boolean | string | Token | readonly Tree[] | ReadonlyMap<string, Tree>;

/** The tree of a text that `JSON.parse` takes. Of keys that are there twice, the last one stays. */
export function parseTree(text: string): Tree {
  let at = 0;
  const space = () => {
    while (' \t\n\r'.includes(text[at] ?? 'x')) at += 1;
  };
  const readText = (): string => {
    const start = at;
    for (at += 1; text[at] !== '"'; at++) if (text[at] === '\\') at += 1;
    at += 1;
    return JSON.parse(text.slice(start, at));
  };
  const value = (): Tree => {
    space();
    const first = text[at];
    if (first === '"') return readText();
    if (first === '{' || first === '[') {
      const isObject = first === '{';
      const members = new Map<string, Tree>();
      const elements: Tree[] = [];
      at += 1;
      space();
      for (let more = text[at] !== '}' && text[at] !== ']'; more; more = text[at - 1] === ',') {
        space();
        if (isObject) {
          const key = readText();
          space();
          at += 1;
          members.delete(key);
          members.set(key, value());
        } else {
          elements.push(value());
        }
        space();
        at += 1;
      }
      if (text[at - 1] !== '}' && text[at - 1] !== ']') at += 1;
      return isObject ? members : elements;
    }
    const [word] = /^(?:true|false|null|[-+.\deE]+)/.exec(text.slice(at, at + 400))!;
    at += word.length;
    return word === 'null' ? null : word === 'true' ? true : word === 'false' ? false : new Token(word);
  };
  return value();
}

export interface Decimal {
  readonly integer: bigint;
  readonly scale: number;
}

/** What a number is exactly, with as many decimals as it was written with; undefined when it has more than 18 digits. */
export function decimalOf(token: string): Decimal | undefined {
  const [, sign, whole, fraction = '', power = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(
    token,
  )!;
  let digits = (whole! + fraction).replace(/^0+/, '');
  let exponent = BigInt(power) - BigInt(fraction.length);
  if (digits === '') {
    const scale = exponent > 0n ? 0 : exponent < -254n ? 254 : Number(-exponent);
    return { integer: 0n, scale };
  }
  while (digits.length > 18 && digits.endsWith('0')) {
    digits = digits.slice(0, -1);
    exponent += 1n;
  }
  while (exponent < -254n && digits.endsWith('0')) {
    digits = digits.slice(0, -1);
    exponent += 1n;
  }
  if (exponent > 18n || exponent < -254n) return undefined;
  if (exponent > 0n) digits += '0'.repeat(Number(exponent));
  if (digits.length > 18) return undefined;
  return { integer: BigInt(sign + digits), scale: exponent < 0n ? Number(-exponent) : 0 };
}

/** Any number that JSON can write. */
export const tokenArbitrary: fc.Arbitrary<string> = fc
  .record({
    sign: fc.constantFrom('', '', '-'),
    whole: fc.oneof(
      fc.constant('0'),
      fc.stringMatching(/^[1-9]\d{0,21}$/),
      fc.stringMatching(/^[1-9]\d{0,5}$/),
    ),
    fraction: fc.oneof(
      fc.constant(''),
      fc.stringMatching(/^\.\d{1,8}$/),
      fc.stringMatching(/^\.\d{1,24}$/),
      fc.stringMatching(/^\.0{1,20}\d{1,9}$/),
      fc.stringMatching(/^\.\d{1,9}0{1,20}$/),
    ),
    exponent: fc.oneof(
      { weight: 3, arbitrary: fc.constant('') },
      fc.stringMatching(/^[eE][+-]?\d{1,2}$/),
      fc.stringMatching(/^[eE][+-]?\d{1,9}$/),
    ),
  })
  .map(({ sign, whole, fraction, exponent }) => sign + whole + fraction + exponent);

/** How a text is written: numbers 0…1 to choose by. */
export interface Style {
  readonly random: () => number;
  /** Keys in any order. */
  readonly shuffled?: boolean;
  /** Space where it may be. */
  readonly spaced?: boolean;
  /** Characters as escapes. */
  readonly escaped?: boolean;
  /** Numbers with other exponents, of the same digits. */
  readonly respelled?: boolean;
  /** Members that nobody knows. */
  readonly extended?: boolean;
  /** Keys that come twice; the last one counts. */
  readonly repeated?: boolean;
}

/** Writes a tree in some way that means the same. */
export function writeTree(tree: Tree, style: Style): string {
  const { random } = style;
  const chance = (share: number) => random() < share;
  const space = () =>
    style.spaced && chance(0.3) ? [' ', '\n', '\t', '\r\n', '   '][Math.floor(random() * 5)]! : '';
  const text = (value: string) => (style.escaped ? escapeSome(value, chance) : JSON.stringify(value));
  const member = (key: string, value: string) =>
    `${space()}${text(key)}${space()}:${space()}${value}${space()}`;
  const write = (node: Tree): string => {
    if (node instanceof Token) return style.respelled ? respell(node.text, random) : node.text;
    if (typeof node === 'string') return text(node);
    if (node === null || typeof node === 'boolean') return String(node);
    if (Array.isArray(node))
      return `[${node.map((each) => space() + write(each) + space()).join(',')}${space()}]`;
    let members = [...(node as ReadonlyMap<string, Tree>)].map(
      ([key, value]) => [key, write(value)] as const,
    );
    if (style.shuffled) members = shuffle(members, random);
    if (style.extended && chance(0.5)) {
      const at = Math.floor(random() * (members.length + 1));
      members.splice(at, 0, [UNKNOWN_KEYS[Math.floor(random() * UNKNOWN_KEYS.length)]!, unknown(random)]);
    }
    if (style.repeated && chance(0.3) && members.length > 0) {
      const [key] = members[Math.floor(random() * members.length)]!;
      members.unshift([key, unknown(random)]);
    }
    return `{${members.map(([key, value]) => member(key, value)).join(',')}${space()}}`;
  };
  return space() + write(tree) + space();
}

const UNKNOWN_KEYS = [
  '',
  'x',
  'price ',
  'Price',
  'bi',
  'bids ',
  'symbols',
  'volume_usd',
  'a key longer than sixteen bytes',
  '价格',
  'position_limit_lon',
  'upcoming_maintenances',
];

function unknown(random: () => number): string {
  const values = [
    'null',
    'true',
    '-0.5e-7',
    '""',
    '"}]\\"{["',
    '[]',
    '{}',
    '[[[]],{"a":{"b":[1,2,{}]}}]',
    '123456789012345678901',
    '"2026-10-09T00:34:21Z"',
    '{"price":1,"qty":[2]}',
  ];
  return values[Math.floor(random() * values.length)]!;
}

function shuffle<T>(items: readonly T[], random: () => number): T[] {
  const all = [...items];
  for (let i = all.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [all[i], all[j]] = [all[j]!, all[i]!];
  }
  return all;
}

const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '/': '\\/',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

function escapeSome(value: string, chance: (share: number) => boolean): string {
  let written = '';
  // By code points: half a pair is no character.
  for (const character of value) {
    const must = character === '"' || character === '\\' || character < ' ';
    const isHalf = character.length === 1 && character >= '\ud800' && character <= '\udfff';
    if (SHORT[character] !== undefined && (must || chance(0.3))) written += SHORT[character];
    else if (must || isHalf || chance(0.2)) {
      for (let i = 0; i < character.length; i++) {
        const hex = character.charCodeAt(i).toString(16).padStart(4, '0');
        written += `\\u${chance(0.5) ? hex.toUpperCase() : hex}`;
      }
    } else written += character;
  }
  return `"${written}"`;
}

/** The same digits with another exponent, or as a text. */
function respell(token: string, random: () => number): string {
  const choice = Math.floor(random() * 4);
  const [, sign, whole, fraction = '', power] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE](.*))?$/.exec(token)!;
  // An integer stays one: ids and counts have no exponents on any wire.
  if (choice === 0 || power !== undefined || fraction === '') return token;
  const digits = whole! + fraction;
  if (choice === 1) return `${sign}${digits.replace(/^0+(?=\d)/, '')}e-${fraction.length}`;
  if (choice === 2) return `${sign}0.${digits}E+${whole!.length}`;
  return `"${token}"`;
}

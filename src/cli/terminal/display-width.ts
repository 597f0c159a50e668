const ASCII = /^[\x20-\x7e]*$/;

/** Control characters, and those that turn the direction of text: they would let a name write elsewhere on the screen. */
const UNSAFE = /[\p{Control}\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

const ZERO_WIDTH = /^[\p{Mark}\p{Format}\p{Default_Ignorable_Code_Point}]+$/u;
const EMOJI = /\p{Emoji_Presentation}|\p{Emoji}\ufe0f/u;

/** Code points that East Asian terminals draw two columns wide, first and last of each range. */
const WIDE: readonly (readonly [first: number, last: number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x20000, 0x3fffd],
];

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** What may be written to a terminal: control characters become `·`. */
export function cleanText(text: string): string {
  return ASCII.test(text) ? text : text.replace(UNSAFE, '·');
}

/** Columns that a text takes on a terminal. */
export function displayWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += graphemeWidth(segment);
  return width;
}

/** The longest beginning that takes no more than so many columns. */
export function clipText(text: string, columns: number): string {
  if (ASCII.test(text)) return text.slice(0, columns);
  let width = 0;
  let clipped = '';
  for (const { segment } of graphemes.segment(text)) {
    width += graphemeWidth(segment);
    if (width > columns) break;
    clipped += segment;
  }
  return clipped;
}

/** Exactly so many columns: padded, or cut with an ellipsis. */
export function fitText(text: string, columns: number, align: 'left' | 'right' = 'left'): string {
  const width = displayWidth(text);
  // A wide character that is cut through leaves a column over.
  if (width > columns) return fitText(columns < 1 ? '' : `${clipText(text, columns - 1)}…`, columns);
  const padding = ' '.repeat(columns - width);
  return align === 'left' ? text + padding : padding + text;
}

function graphemeWidth(grapheme: string): number {
  if (ZERO_WIDTH.test(grapheme)) return 0;
  if (EMOJI.test(grapheme)) return 2;
  const code = grapheme.codePointAt(0)!;
  return WIDE.some(([first, last]) => code >= first && code <= last) ? 2 : 1;
}

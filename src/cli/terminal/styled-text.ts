import { cleanText, clipText, displayWidth } from './display-width.ts';

/** What a piece of text means; how that looks is the terminal's affair. */
export type Style = keyof typeof SEQUENCES;

/** Text that is drawn in one style. */
export interface Span {
  readonly text: string;
  readonly style: Style | undefined;
}

export type Line = readonly Span[];

/** Select Graphic Rendition. Only the sixteen colours that every terminal has, in the shades of its theme. */
const SEQUENCES = {
  title: '1',
  dim: '2',
  heading: '2;4',
  up: '32',
  down: '31',
  bid: '32',
  ask: '31',
  bidBar: '2;32',
  askBar: '2;31',
  good: '32',
  warning: '33',
  bad: '1;31',
  key: '7',
} as const;

const RESET = '\x1b[0m';

export function span(text: string, style?: Style): Span {
  return { text: cleanText(text), style };
}

/** A line of one style. */
export function plain(text: string, style?: Style): Line {
  return [span(text, style)];
}

/**
 * A line as it is written to a terminal, or to a file.
 *
 * @param columns that it may take; what does not fit is cut off
 * @param colours whether styles are written as escape sequences; without, there are none at all
 */
export function lineText(line: Line, columns: number, colours: boolean): string {
  let left = columns;
  let text = '';
  for (const { text: whole, style } of line) {
    if (left <= 0) break;
    const fitting = clipText(whole, left);
    left -= displayWidth(fitting);
    text += colours && style ? `\x1b[${SEQUENCES[style]}m${fitting}${RESET}` : fitting;
  }
  return colours ? text : text.trimEnd();
}

import { mix, type Random } from '../random.ts';

/** A UUID of random bits, version 4. */
export function uuid(random: Random): string {
  const hex = hexDigits(random, 32);
  const variant = '89ab'[random.between(0, 3)];
  const [a, b, c, d, e] = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(13, 16),
    hex.slice(17, 20),
    hex.slice(20),
  ];
  return `${a}-${b}-4${c}-${variant}${d}-${e}`;
}

/** So many hexadecimal digits, a multiple of four. */
export function hexDigits(random: Random, count: number): string {
  let text = '';
  while (text.length < count) text += random.between(0, 0xffff).toString(16).padStart(4, '0');
  return text;
}

/** A well spread number of a text: the same for the same text. */
export function hashText(text: string): number {
  let state = 0;
  for (let i = 0; i < text.length; i++) state = mix(state, text.charCodeAt(i));
  return state;
}

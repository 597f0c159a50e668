import type { BookSide } from './book.ts';

/** Price levels of a side that the checksum covers, whatever the depth subscribed to. */
export const CHECKSUM_LEVELS = 10;

const TABLE = Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
  return value >>> 0;
});

/** CRC-32 as zlib has it, of ASCII text: an unsigned 32-bit number. */
export function crc32(text: string): number {
  let crc = 0xffffffff;
  for (let i = 0; i < text.length; i++) crc = (crc >>> 8) ^ TABLE[(crc ^ text.charCodeAt(i)) & 0xff]!;
  return ~crc >>> 0;
}

/**
 * The text whose CRC-32 is the checksum of a book: ten asks from the lowest, then ten bids from the highest. A price in
 * units of its last place is the same digits as its text without the point and the zeros before it; so is a quantity.
 */
export function checksumText(asks: BookSide, bids: BookSide): string {
  let text = '';
  for (const { prices, quantities } of [asks, bids]) {
    const levels = Math.min(CHECKSUM_LEVELS, prices.length);
    for (let i = 0; i < levels; i++) text += `${prices[i]}${quantities[i]}`;
  }
  return text;
}

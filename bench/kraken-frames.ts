/** Frames as Kraken sends them: a book session with right checksums, tickers, trades. Always the same ones. */

import { crc32 } from 'node:zlib';
import { decimal, randomFrom } from './random.ts';

export const SYMBOL = 'ETH/USD';
const PRICE_DECIMALS = 2;
const QUANTITY_DECIMALS = 8;
const DEPTH = 25;
/** Levels a side that the market has: more than are sent. */
const LEVELS = 60;

/** Prices and quantities in units of their last decimal. */
type Level = readonly [price: number, quantity: number];

function row([price, quantity]: Level): string {
  return `{"price":${decimal(price, PRICE_DECIMALS)},"qty":${decimal(quantity, QUANTITY_DECIMALS)}}`;
}

function checksum(bids: readonly Level[], asks: readonly Level[]): number {
  const digits = [...asks.slice(0, 10), ...bids.slice(0, 10)].map(
    ([price, quantity]) => `${price}${quantity}`,
  );
  return crc32(digits.join(''));
}

/** Whether these levels, in decimals, are what the frame's checksum is of. */
export function hasChecksum(
  frame: string,
  bids: readonly (readonly number[])[],
  asks: readonly (readonly number[])[],
): boolean {
  const units = (levels: readonly (readonly number[])[]) =>
    levels.map(
      ([price, quantity]): Level => [
        Math.round(price! * 10 ** PRICE_DECIMALS),
        Math.round(quantity! * 10 ** QUANTITY_DECIMALS),
      ],
    );
  return JSON.parse(frame).data[0].checksum === checksum(units(bids), units(asks));
}

function time(message: number): string {
  const micros = String((message * 48_271) % 1_000_000).padStart(6, '0');
  return `2026-10-09T00:${String(10 + (Math.floor(message / 600) % 50))}:${String(10 + (Math.floor(message / 10) % 50))}.${micros}Z`;
}

/** A snapshot and so many updates, each with its checksum: as many changes in a message, and as deep, as in real sessions. */
export function bookSession(updates: number): string[] {
  const random = randomFrom(7);
  const quantity = () => 1 + Math.floor(random() ** 3 * 3e9);
  const bids: Level[] = Array.from({ length: LEVELS }, (_, i) => [187_729 - 3 * i, quantity()]);
  const asks: Level[] = Array.from({ length: LEVELS }, (_, i) => [187_730 + 3 * i, quantity()]);
  const message = (type: string, bidRows: readonly Level[], askRows: readonly Level[], number: number) =>
    `{"channel":"book","type":"${type}","data":[{"symbol":"${SYMBOL}","bids":[${bidRows.map(row).join(',')}],"asks":[${askRows.map(row).join(',')}],"checksum":${checksum(bids, asks)},"timestamp":"${time(number)}"}]}`;

  const frames = [message('snapshot', bids.slice(0, DEPTH), asks.slice(0, DEPTH), 0)];
  while (frames.length <= updates) {
    const changes: [Level[], Level[]] = [[], []];
    const count = random() < 0.6 ? 1 : random() < 0.7 ? 2 : 4;
    for (let change = 0; change < count; change++) {
      const side = random() < 0.5 ? 0 : 1;
      changes[side].push(...changeSide(side === 0 ? bids : asks, side === 0 ? -1 : 1, random, quantity));
    }
    if (changes[0].length + changes[1].length > 0)
      frames.push(message('update', changes[0], changes[1], frames.length));
  }
  return frames;
}

/** Changes one level of a side; the rows that say so. */
function changeSide(levels: Level[], sign: 1 | -1, random: () => number, quantity: () => number): Level[] {
  const index = Math.floor(random() ** 1.5 * DEPTH);
  const [price] = levels[index]!;
  const kind = random();
  if (kind < 0.5) {
    levels[index] = [price, quantity()];
    return [levels[index]!];
  }
  const next = levels[index + 1]![0];
  if (kind < 0.75 && Math.abs(next - price) > 1) {
    const added: Level = [price + sign, quantity()];
    levels.splice(index + 1, 0, added);
    levels.length = LEVELS;
    return index + 1 < DEPTH ? [added] : [];
  }
  levels.splice(index, 1);
  levels.push([levels.at(-1)![0] + 3 * sign, quantity()]);
  // The level that comes into sight is told as well.
  return [[price, 0], levels[DEPTH - 1]!];
}

export const TICKER_FRAME =
  '{"channel":"ticker","type":"update","data":[{"symbol":"BTC/USD","bid":83744.2,"bid_qty":0.56251979,"ask":83744.3,"ask_qty":0.00044780,"last":83744.3,"volume":3156.84782110,"vwap":84174.6,"low":83163.6,"high":85247.4,"change":-429.3,"change_pct":-0.51,"trades":135262,"timestamp":"2026-09-25T17:48:26.844359Z"}]}';

export const TRADE_FRAME =
  '{"channel":"trade","type":"update","data":[{"symbol":"BTC/USD","side":"buy","price":81776.7,"qty":0.00005000,"ord_type":"limit","trade_id":110763305,"timestamp":"2026-10-09T00:34:22.814908Z"},{"symbol":"BTC/USD","side":"buy","price":81776.7,"qty":0.00000879,"ord_type":"limit","trade_id":110763306,"timestamp":"2026-10-09T00:34:22.814908Z"}]}';

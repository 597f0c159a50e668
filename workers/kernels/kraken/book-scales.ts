/**
 * The scales of a book: the instrument's precisions where these are known, and never less than what its numbers need. The
 * digits that the checksum is made of are those of its integers, so that a number may be spelled in any way.
 */

import { BOOK_PRICE_SCALE, BOOK_QUANTITY_SCALE } from '../../../src/memory/book-layout.ts';
import {
  SYMBOL_NO_PRECISION,
  SYMBOL_PRICE_PRECISION,
  SYMBOL_QUANTITY_PRECISION,
} from '../../../src/memory/symbol-table-layout.ts';
import {
  ENTRY_BYTES,
  ENTRY_PRICE,
  ENTRY_PRICE_SCALE,
  ENTRY_QUANTITY,
  ENTRY_QUANTITY_SCALE,
} from '../../../src/memory/workspace-layout.ts';
import { fits, powerOfTen, rescaleBook } from '../lib/books.ts';
import {
  ELEMENT_ASKS,
  ELEMENT_BIDS,
  SIDE_COUNT,
  SIDE_ENTRIES,
  SIDE_PRICE_LEAST,
  SIDE_PRICE_MOST,
  SIDE_QUANTITY_LEAST,
  SIDE_QUANTITY_MOST,
} from './book-elements.ts';

/** Of the book, once `settleScales` has answered true. */
export let priceScale: i32 = 0;
export let quantityScale: i32 = 0;

/**
 * Brings a message's levels and its book's to the same scales; false when one does not fit them.
 *
 * @param fresh the book's own levels do not count, because a snapshot replaces them
 */
export function settleScales(element: usize, book: usize, symbol: usize, fresh: bool): bool {
  const bids = element + ELEMENT_BIDS;
  const asks = element + ELEMENT_ASKS;
  const oldPrice: i32 = load<u8>(book, BOOK_PRICE_SCALE);
  const oldQuantity: i32 = load<u8>(book, BOOK_QUANTITY_SCALE);
  priceScale = scaleFor(
    load<u8>(symbol, SYMBOL_PRICE_PRECISION),
    fresh ? 0 : oldPrice,
    max(load<u8>(bids, SIDE_PRICE_MOST), load<u8>(asks, SIDE_PRICE_MOST)),
    element,
    ENTRY_PRICE,
  );
  quantityScale = scaleFor(
    load<u8>(symbol, SYMBOL_QUANTITY_PRECISION),
    fresh ? 0 : oldQuantity,
    max(load<u8>(bids, SIDE_QUANTITY_MOST), load<u8>(asks, SIDE_QUANTITY_MOST)),
    element,
    ENTRY_QUANTITY,
  );
  if (!isSettled(bids) && !convert(bids)) return false;
  if (!isSettled(asks) && !convert(asks)) return false;
  if (fresh) {
    store<u8>(book, <u8>priceScale, BOOK_PRICE_SCALE);
    store<u8>(book, <u8>quantityScale, BOOK_QUANTITY_SCALE);
    return true;
  }
  return (
    (priceScale == oldPrice && quantityScale == oldQuantity) || rescaleBook(book, priceScale, quantityScale)
  );
}

function scaleFor(precision: u32, least: i32, written: i32, element: usize, field: usize): i32 {
  if (precision == SYMBOL_NO_PRECISION) return max(least, written);
  const base = max<i32>(least, precision);
  if (written <= base) return base;
  // More decimals than the instrument has may all be zeros.
  return max(needed(element + ELEMENT_BIDS, field, base), needed(element + ELEMENT_ASKS, field, base));
}

/** The decimals that a side's numbers have without zeros at their ends, at least `base`. */
function needed(side: usize, field: usize, base: i32): i32 {
  let most = base;
  let entry: usize = load<u32>(side, SIDE_ENTRIES);
  for (let left = load<u32>(side, SIDE_COUNT); left > 0; left--) {
    let value = load<i64>(entry + field);
    let decimals: i32 = load<u8>(entry + scaleField(field));
    while (decimals > most && value % 10 == 0 && value != 0) {
      value /= 10;
      decimals -= 1;
    }
    if (value != 0) most = max(most, decimals);
    entry += ENTRY_BYTES;
  }
  return most;
}

function scaleField(field: usize): usize {
  return field == ENTRY_PRICE ? ENTRY_PRICE_SCALE : ENTRY_QUANTITY_SCALE;
}

/** Whether all its numbers have the book's scales already. */
function isSettled(side: usize): bool {
  if (load<u32>(side, SIDE_COUNT) == 0) return true;
  const least = load<u8>(side, SIDE_QUANTITY_LEAST);
  return (
    load<u8>(side, SIDE_PRICE_LEAST) == <u8>priceScale &&
    load<u8>(side, SIDE_PRICE_MOST) == <u8>priceScale &&
    // Zeros only.
    (least == 0xff || (least == <u8>quantityScale && load<u8>(side, SIDE_QUANTITY_MOST) == <u8>quantityScale))
  );
}

function convert(side: usize): bool {
  let entry: usize = load<u32>(side, SIDE_ENTRIES);
  for (let left = load<u32>(side, SIDE_COUNT); left > 0; left--) {
    if (
      !convertField(entry, ENTRY_PRICE, priceScale) ||
      !convertField(entry, ENTRY_QUANTITY, quantityScale)
    ) {
      return false;
    }
    entry += ENTRY_BYTES;
  }
  return true;
}

function convertField(entry: usize, field: usize, to: i32): bool {
  const value = load<i64>(entry + field);
  const from: i32 = load<u8>(entry + scaleField(field));
  if (value == 0 || from == to) return true;
  if (from > to) {
    store<i64>(entry + field, value / powerOfTen(from - to));
    return true;
  }
  const power = powerOfTen(to - from);
  if (!fits(value, power)) return false;
  store<i64>(entry + field, value * power);
  return true;
}

/**
 * Scans JSON where it lies: accepts what `JSON.parse` accepts (up to a depth), byte for byte, and reads nothing outside the
 * text. Functions take the address where something begins and answer the one behind it, or 0 when it is not there or
 * malformed, which the next function may be given: it answers 0 too.
 */

export const QUOTE: u8 = 0x22;
export const COMMA: u8 = 0x2c;
export const COLON: u8 = 0x3a;
export const OPEN_ARRAY: u8 = 0x5b;
export const BACKSLASH: u8 = 0x5c;
export const CLOSE_ARRAY: u8 = 0x5d;
export const OPEN_OBJECT: u8 = 0x7b;
export const CLOSE_OBJECT: u8 = 0x7d;
const SPACE: u8 = 0x20;
const TAB: u8 = 0x09;
const LINE_FEED: u8 = 0x0a;
const CARRIAGE_RETURN: u8 = 0x0d;
const SMALL_U: u8 = 0x75;

const TRUE: u32 = 0x65757274;
const FALSE_TAIL: u32 = 0x65736c61;
const NULL: u32 = 0x6c6c756e;

/** Containers within a value that is skipped: one bit each. */
const MOST_DEPTH: u32 = 64;

/** Bytes of a text with escapes, with these replaced. */
export const WORD_BYTES: u32 = 128;
/** A text that is longer than this has another length than any that is known. */
const TOO_LONG: u32 = u32.MAX_VALUE;

/** Where the text begins, and where it ends. */
let begin: usize = 0;
export let end: usize = 0;

/** After `enter…` and `next…`: whether they stand at a member or element, and not behind the container. */
export let more: bool = false;

/** The text that was read last, with its escapes replaced: where it lies until the next one, its bytes, and the first 16. */
export let wordAt: usize = 0;
export let wordLength: u32 = 0;
export let wordLow: u64 = 0;
export let wordHigh: u64 = 0;

/** Where texts are put together whose escapes have been replaced. */
let scratch: usize = 0;
let escaped: bool = false;

/** @param room WORD_BYTES for the scanner to use */
export function attachScanner(room: usize): void {
  scratch = room;
}

/** The text at hand. */
export function scan(from: usize, to: usize): void {
  begin = from;
  end = to;
}

/** Where the text at hand begins. */
export function textStart(): usize {
  return begin;
}

/** Whether the text has 16 bytes, which is what `lastBytes` takes. */
export function hasLastBytes(): bool {
  return begin + 16 <= end;
}

/** The 16 bytes there, of which the text has fewer; zeros from its end on. */
export function lastBytes(at: usize): v128 {
  const places = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  return i8x16.swizzle(v128.load(end - 16), i8x16.add(places, i8x16.splat(<i8>(at + 16 - end))));
}

/** The byte there; 0, which no JSON has outside of texts, at the end. */
export function peek(at: usize): u8 {
  return at < end ? load<u8>(at) : 0;
}

/** How often a byte is there. */
export function countByte(byte: u8, from: usize, to: usize): u32 {
  const wanted = i8x16.splat(<i8>byte);
  let count: u32 = 0;
  for (; from + 16 <= to; from += 16) count += popcnt(i8x16.bitmask(i8x16.eq(v128.load(from), wanted)));
  for (; from < to; from++) count += u32(load<u8>(from) == byte);
  return count;
}

export function skipSpace(at: usize): usize {
  if (at < end && load<u8>(at) > SPACE) return at;
  while (at < end) {
    const byte = load<u8>(at);
    if (byte != SPACE && byte != LINE_FEED && byte != TAB && byte != CARRIAGE_RETURN) break;
    at += 1;
  }
  return at;
}

/** What comes next is malformed. */
export function noMore(): void {
  more = false;
}

/** From an object's brace to its first key, or behind it. */
export function enterObject(at: usize): usize {
  return enter(at, CLOSE_OBJECT);
}

/** From an array's bracket to its first element, or behind it. */
export function enterArray(at: usize): usize {
  return enter(at, CLOSE_ARRAY);
}

function enter(at: usize, close: u8): usize {
  at = skipSpace(at + 1);
  more = peek(at) != close;
  return more ? at : at + 1;
}

/** From behind a member's value to the next key, or behind the object. */
export function nextMember(at: usize): usize {
  return next(at, CLOSE_OBJECT);
}

/** From behind an element to the next one, or behind the array. */
export function nextElement(at: usize): usize {
  return next(at, CLOSE_ARRAY);
}

function next(at: usize, close: u8): usize {
  if (at == 0) return 0;
  at = skipSpace(at);
  const byte = peek(at);
  more = byte == COMMA;
  if (more) return skipSpace(at + 1);
  return byte == close ? at + 1 : 0;
}

/** Reads a key as a word; answers where its value begins. */
export function readKey(at: usize): usize {
  if (peek(at) != QUOTE) return 0;
  at = readWord(at);
  if (at == 0) return 0;
  if (peek(at) == COLON) return skipSpace(at + 1);
  at = skipSpace(at);
  return peek(at) == COLON ? skipSpace(at + 1) : 0;
}

/** Reads a value of any kind: a text becomes the word at hand, everything else leaves an empty one. */
export function readWord(at: usize): usize {
  const start = at + 1;
  if (start + 16 > end || load<u8>(at) != QUOTE) return readOddWord(at);
  const bytes = v128.load(start);
  const stops = stopsOf(bytes);
  if (stops == 0) return readLongWord(at);
  const length: u32 = ctz(stops);
  if (load<u8>(start + length) != QUOTE) return readOddWord(at);
  const places = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const word = v128.and(bytes, i8x16.lt_s(places, i8x16.splat(<i8>length)));
  wordAt = start;
  wordLength = length;
  wordLow = i64x2.extract_lane(word, 0);
  wordHigh = i64x2.extract_lane(word, 1);
  return start + length + 1;
}

/** Whether the text at hand has this length and these first bytes; texts of up to 8 bytes have no second half. */
export function isWord(length: u32, low: u64, high: u64 = 0): bool {
  return wordLength == length && wordLow == low && wordHigh == high;
}

/** A text whose first 16 bytes are nothing but text. */
function readLongWord(at: usize): usize {
  const start = at + 1;
  for (let next = start + 16; next + 16 <= end; next += 16) {
    const stops = stopsOf(v128.load(next));
    if (stops == 0) continue;
    next += ctz(stops);
    if (load<u8>(next) != QUOTE) break;
    wordAt = start;
    wordLength = <u32>(next - start);
    wordLow = load<u64>(start);
    wordHigh = load<u64>(start, 8);
    return next + 1;
  }
  return readOddWord(at);
}

/** No text, or one that has escapes or is near the end. */
function readOddWord(at: usize): usize {
  wordLength = 0;
  wordLow = 0;
  wordHigh = 0;
  if (peek(at) != QUOTE) return skipValue(at);
  const behind = skipString(at);
  if (behind == 0) return 0;
  wordAt = at + 1;
  wordLength = <u32>(behind - at - 2);
  if (escaped) {
    wordLength = replaceEscapes(wordAt, behind - 1);
    wordAt = scratch;
  }
  if (!escaped && wordLength >= 16) {
    wordLow = load<u64>(wordAt);
    wordHigh = load<u64>(wordAt, 8);
    return behind;
  }
  const known: u32 = min<u32>(wordLength == TOO_LONG ? 0 : wordLength, 16);
  for (let i: u32 = 0; i < known; i++) {
    const byte: u64 = load<u8>(wordAt + i);
    if (i < 8) wordLow |= byte << (8 * i);
    else wordHigh |= byte << (8 * (i - 8));
  }
  return behind;
}

/** Of 16 bytes of a text: a bit for each that ends it, begins an escape or must not be in it. */
function stopsOf(bytes: v128): u32 {
  const marks = v128.or(
    i8x16.eq(bytes, i8x16.splat(<i8>QUOTE)),
    v128.or(i8x16.eq(bytes, i8x16.splat(<i8>BACKSLASH)), i8x16.le_u(bytes, i8x16.splat(<i8>(SPACE - 1)))),
  );
  return i8x16.bitmask(marks);
}

/** Copies the text at hand, or what of it there is. */
export function copyWord(to: usize, length: u32): void {
  copyText(wordAt, to, length);
}

export function copyText(from: usize, to: usize, length: u32): void {
  if (length < 16) {
    for (let i: u32 = 0; i < length; i++) store<u8>(to + i, load<u8>(from + i));
    return;
  }
  for (let at: u32 = 0; at + 16 < length; at += 16) v128.store(to + at, v128.load(from + at));
  // The last ones, some of them once more.
  v128.store(to + length - 16, v128.load(from + length - 16));
}

/** Whether the text at hand, of this many bytes, is also written there. */
export function isWordAt(text: usize, length: u32): bool {
  if (wordLength != length) return false;
  if (length < 16) {
    for (let i: u32 = 0; i < length; i++) if (load<u8>(text + i) != load<u8>(wordAt + i)) return false;
    return true;
  }
  for (let at: u32 = 0; at + 16 < length; at += 16) {
    if (v128.any_true(v128.xor(v128.load(text + at), v128.load(wordAt + at)))) return false;
  }
  return !v128.any_true(v128.xor(v128.load(text + length - 16), v128.load(wordAt + length - 16)));
}

/** From a text's opening quote to behind its closing one. */
function skipString(at: usize): usize {
  if (peek(at) != QUOTE) return 0;
  escaped = false;
  at += 1;
  while (at < end) {
    if (at + 16 <= end) {
      const stops = stopsOf(v128.load(at));
      if (stops == 0) {
        at += 16;
        continue;
      }
      at += ctz(stops);
    }
    const byte = load<u8>(at);
    if (byte == QUOTE) return at + 1;
    if (byte < SPACE) return 0;
    if (byte == BACKSLASH) {
      escaped = true;
      at = skipEscape(at);
      if (at == 0) return 0;
    } else {
      at += 1;
    }
  }
  return 0;
}

function skipEscape(at: usize): usize {
  const letter = peek(at + 1);
  if (letter != SMALL_U) return replacementOf(letter) == 0 ? 0 : at + 2;
  return at + 6 <= end && hex4(at + 2) >= 0 ? at + 6 : 0;
}

/** What a backslash and this letter stand for; 0 when they stand for nothing. */
function replacementOf(letter: u8): u8 {
  switch (letter) {
    case QUOTE:
    case BACKSLASH:
    case 0x2f:
      return letter;
    case 0x62:
      return 0x08;
    case 0x66:
      return 0x0c;
    case 0x6e:
      return LINE_FEED;
    case 0x72:
      return CARRIAGE_RETURN;
    case 0x74:
      return TAB;
    default:
      return 0;
  }
}

/** The number that four hexadecimal digits make, or −1. */
function hex4(at: usize): i32 {
  let value: i32 = 0;
  for (let i: usize = 0; i < 4; i++) {
    const byte: i32 = load<u8>(at + i);
    const digit = byte - 0x30;
    const letter = (byte | 0x20) - 0x61;
    if (<u32>digit < 10) value = (value << 4) | digit;
    else if (<u32>letter < 6) value = (value << 4) | (letter + 10);
    else return -1;
  }
  return value;
}

/** Writes a good text, its escapes replaced, to the scratch; answers its bytes. */
function replaceEscapes(from: usize, to: usize): u32 {
  let length: u32 = 0;
  while (from < to) {
    // Four bytes are the most that one step adds.
    if (length + 4 > WORD_BYTES) return TOO_LONG;
    const byte = load<u8>(from);
    if (byte != BACKSLASH) {
      store<u8>(scratch + length, byte);
      length += 1;
      from += 1;
      continue;
    }
    const letter = load<u8>(from + 1);
    if (letter != SMALL_U) {
      store<u8>(scratch + length, replacementOf(letter));
      length += 1;
      from += 2;
      continue;
    }
    let code: u32 = hex4(from + 2);
    from += 6;
    if (
      code >>> 10 == 0x36 &&
      from + 6 <= to &&
      load<u8>(from) == BACKSLASH &&
      load<u8>(from + 1) == SMALL_U
    ) {
      const low: u32 = hex4(from + 2);
      if (low >>> 10 == 0x37) {
        code = 0x10000 + ((code & 0x3ff) << 10) + (low & 0x3ff);
        from += 6;
      }
    }
    // Half a pair stands for no character.
    if (code >>> 11 == 0x1b) code = 0xfffd;
    length += writeUtf8(scratch + length, code);
  }
  return length;
}

function writeUtf8(at: usize, code: u32): u32 {
  if (code < 0x80) {
    store<u8>(at, <u8>code);
    return 1;
  }
  if (code < 0x800) {
    store<u8>(at, <u8>(0xc0 | (code >>> 6)));
    store<u8>(at, <u8>(0x80 | (code & 0x3f)), 1);
    return 2;
  }
  if (code < 0x10000) {
    store<u8>(at, <u8>(0xe0 | (code >>> 12)));
    store<u8>(at, <u8>(0x80 | ((code >>> 6) & 0x3f)), 1);
    store<u8>(at, <u8>(0x80 | (code & 0x3f)), 2);
    return 3;
  }
  store<u8>(at, <u8>(0xf0 | (code >>> 18)));
  store<u8>(at, <u8>(0x80 | ((code >>> 12) & 0x3f)), 1);
  store<u8>(at, <u8>(0x80 | ((code >>> 6) & 0x3f)), 2);
  store<u8>(at, <u8>(0x80 | (code & 0x3f)), 3);
  return 4;
}

/** From where a value of any kind begins to behind it. */
export function skipValue(at: usize): usize {
  let depth: u32 = 0;
  /** Which of the open containers are objects, the innermost lowest. */
  let objects: u64 = 0;
  do {
    const byte = peek(at);
    if (byte == OPEN_OBJECT || byte == OPEN_ARRAY) {
      const isObject = byte == OPEN_OBJECT;
      at = isObject ? enterObject(at) : enterArray(at);
      if (more) {
        if (depth == MOST_DEPTH) return 0;
        depth += 1;
        objects = (objects << 1) | u64(isObject);
        if (isObject) at = skipKey(at);
        continue;
      }
    } else {
      at = skipScalar(at, byte);
    }
    // Behind a value: to the next one, out of all containers that end here.
    while (at != 0 && depth != 0) {
      const inObject = (objects & 1) != 0;
      at = inObject ? nextMember(at) : nextElement(at);
      if (at == 0 || more) {
        if (inObject && at != 0) at = skipKey(at);
        break;
      }
      depth -= 1;
      objects >>= 1;
    }
  } while (at != 0 && depth != 0);
  return at;
}

function skipKey(at: usize): usize {
  at = skipString(at);
  if (at == 0) return 0;
  at = skipSpace(at);
  return peek(at) == COLON ? skipSpace(at + 1) : 0;
}

function skipScalar(at: usize, byte: u8): usize {
  switch (byte) {
    case QUOTE:
      return skipString(at);
    case 0x74:
      return at + 4 <= end && load<u32>(at) == TRUE ? at + 4 : 0;
    case 0x66:
      return at + 5 <= end && load<u32>(at, 1) == FALSE_TAIL ? at + 5 : 0;
    case 0x6e:
      return at + 4 <= end && load<u32>(at) == NULL ? at + 4 : 0;
    default:
      return skipNumber(at);
  }
}

/** From where a number begins to behind it. */
export function skipNumber(at: usize): usize {
  if (peek(at) == 0x2d) at += 1;
  const start = at;
  at = skipDigits(at);
  if (at == start || (at > start + 1 && load<u8>(start) == 0x30)) return 0;
  if (peek(at) == 0x2e) {
    const decimals = at + 1;
    at = skipDigits(decimals);
    if (at == decimals) return 0;
  }
  if ((peek(at) | 0x20) == 0x65) {
    at += 1;
    const sign = peek(at);
    if (sign == 0x2b || sign == 0x2d) at += 1;
    const exponent = at;
    at = skipDigits(exponent);
    if (at == exponent) return 0;
  }
  return at;
}

function skipDigits(at: usize): usize {
  while (at < end && <u8>(load<u8>(at) - 0x30) < 10) at += 1;
  return at;
}

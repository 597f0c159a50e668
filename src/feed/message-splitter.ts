/** Where the parts of a stream of WebSocket frames go. */
export interface MessageOutlets {
  /** A whole message, where it lies in the buffer: good until this returns. */
  message(payload: Uint8Array, isBinary: boolean): void;
  /** Everything else, in order, where it lies in the buffer: whole frames, and parts of frames that are too large for it. */
  rest(bytes: Uint8Array): void;
}

/** RFC 6455, section 5.2: the first byte of a frame. */
const FIN = 0x80;
const RESERVED = 0x70;
const OPCODE = 0x0f;
const CONTINUATION = 0;
const TEXT = 1;
const BINARY = 2;
const PING = 9;
const PONG = 10;
const WHOLE_TEXT = FIN | TEXT;
const WHOLE_BINARY = FIN | BINARY;

/** The second byte: a length, or where there is a longer one. Beyond is the mask bit, which no server may set. */
const LENGTH_16 = 126;
const LENGTH_64 = 127;
const LONGEST_HEAD = 10;
const LONGEST_CONTROL = 125;

/**
 * Takes whole messages out of the frames that a server sends, where they lie in the buffer that the socket was read into. It knows no
 * more of the protocol than that takes: control frames, fragments and what is larger than the buffer go to `rest`, to somebody who
 * knows all of it; and once something went there that ends the connection, or that no server may send, everything does.
 */
export class MessageSplitter {
  /** Whether messages may be taken out. False sends all to `rest`: while it has not looked at all that it was given. */
  direct = true;
  readonly #buffer: Uint8Array;
  readonly #limit: number;
  /** The largest payload that the buffer holds as a whole. */
  readonly #fits: number;
  readonly #outlets: MessageOutlets;
  /** Bytes of the frame at hand that `rest` has not been given yet. */
  #owed = 0;
  /** Between the first and the last fragment of a message. */
  #fragmented = false;

  /** @param limit the largest payload of a message that is allowed, bytes */
  constructor(buffer: Uint8Array, limit: number, outlets: MessageOutlets) {
    this.#buffer = buffer;
    this.#limit = limit;
    this.#fits = Math.min(limit, buffer.length - LONGEST_HEAD);
    this.#outlets = outlets;
  }

  /**
   * Takes what lies between two places of the buffer, the first of which is where the last call stopped.
   *
   * @returns where it stopped: at `end`, or where something begins that has not come whole
   */
  split(from: number, end: number): number {
    const buffer = this.#buffer;
    let at = from;
    // What goes to `rest` goes there in one piece, as far as nothing lies between.
    let rest = from;
    for (;;) {
      if (this.#owed > 0) {
        const given = Math.min(this.#owed, end - at);
        this.#owed -= given;
        at += given;
      }
      if (end - at < 2) break;
      const first = buffer[at]!;
      const second = buffer[at + 1]!;
      let length = second;
      let payload = at + 2;
      if (second === LENGTH_16) {
        payload = at + 4;
        if (payload > end) break;
        length = (buffer[at + 2]! << 8) | buffer[at + 3]!;
      } else if (second === LENGTH_64) {
        payload = at + LONGEST_HEAD;
        if (payload > end) break;
        length = longLength(buffer, at + 2);
      }
      if (rest < at) this.#give(rest, at);
      rest = at;
      const isWhole = first === WHOLE_BINARY || first === WHOLE_TEXT;
      if (isWhole && second <= LENGTH_64 && length <= this.#fits && !this.#fragmented && this.direct) {
        if (payload + length > end) break;
        at = payload + length;
        rest = at;
        this.#outlets.message(buffer.subarray(payload, at), first === WHOLE_BINARY);
      } else {
        this.#owed = this.#goesOn(first, second, length) ? payload + length - at : Number.POSITIVE_INFINITY;
      }
    }
    if (rest < at) this.#give(rest, at);
    return at;
  }

  #give(from: number, to: number): void {
    this.#outlets.rest(this.#buffer.subarray(from, to));
  }

  /** Whether there may be more frames after one with this head. */
  #goesOn(first: number, second: number, length: number): boolean {
    if (second > LENGTH_64 || length > this.#limit || (first & RESERVED) !== 0) return false;
    const isFinal = (first & FIN) !== 0;
    const opcode = first & OPCODE;
    if (opcode === PING || opcode === PONG) return isFinal && length <= LONGEST_CONTROL;
    if (opcode !== CONTINUATION && opcode !== TEXT && opcode !== BINARY) return false;
    const inPlace = this.#fragmented === (opcode === CONTINUATION);
    this.#fragmented = !isFinal;
    return inPlace;
  }
}

/** A length of 8 bytes; too large ones are not exact, and too large all the same. */
function longLength(buffer: Uint8Array, at: number): number {
  let length = 0;
  for (let byte = 0; byte < 8; byte++) length = length * 256 + buffer[at + byte]!;
  return length;
}

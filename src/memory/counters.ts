import type { Arena } from './arena.ts';
import { REGION_COUNTERS } from './arena-layout.ts';
import * as layout from './counters-layout.ts';

/** What an arena has counted since it was made. */
export interface CounterValues {
  /** Frames put into the frame ring, and their bytes; heartbeats and text frames among them. */
  readonly frames: number;
  readonly bytes: number;
  readonly textFrames: number;
  /** Frames that found no room and were dropped. */
  readonly framesDropped: number;
  /** Frames refused because the ring can never hold them. */
  readonly framesTooLarge: number;
  /** How often the socket was paused because the frame ring was full. */
  readonly pauses: number;
  /** Frames of the connection that the decoder has come to the end of, malformed ones among them. */
  readonly framesDecoded: number;
  readonly records: number;
  readonly heartbeats: number;
  /** Packets that were announced or begun and could not be decoded, in total and by reason. */
  readonly rejected: number;
  readonly rejectedBy: {
    readonly shortFrame: number;
    readonly truncated: number;
    readonly packetLength: number;
    readonly trailingBytes: number;
  };
  /** Frames in which something was rejected. */
  readonly framesMalformed: number;
  /** Records of an unknown segment. */
  readonly unknownSegments: number;
  /** Records that found no room: of frames that hold more than the record ring, or by the drop-newest policy. */
  readonly recordsDropped: number;
  /** Frames known to be decoded already, when a decoder took over. */
  readonly framesSkipped: number;
  /** Frames that trapped the kernel, or that decoders died of, again and again, and were set aside. */
  readonly framesQuarantined: number;
  /** How often the decoder had to wait for gating readers. */
  readonly spaceWaits: number;
  /** Frames whose text was handed to the feed's thread: for the control side, or because the kernel could not use all of it. */
  readonly handedOn: number;
  /** Book messages whose check matched, failed, and that were ignored while their book was not to be trusted. */
  readonly booksMatched: number;
  readonly booksFailed: number;
  readonly booksIgnored: number;
  /** Numbers and times that did not fit their fields: most of all numbers with more than 18 digits. */
  readonly inexact: number;
  /** Symbols, books, levels or messages that found no place. */
  readonly overflowed: number;
}

/** The counters of an arena: `add` for the one thread that owns the counter, `values` for any. */
export class Counters {
  readonly #f64: Float64Array;
  readonly #u32: Uint32Array;
  readonly #base: number;

  constructor(arena: Arena) {
    this.#f64 = arena.f64;
    this.#u32 = arena.u32;
    this.#base = arena.region(REGION_COUNTERS).offset;
  }

  /** @param counter one of the COUNT_ offsets */
  add(counter: number, amount: number): void {
    const at = (this.#base + counter) >> 3;
    this.#f64[at] = this.#f64[at]! + amount;
  }

  get(counter: number): number {
    return this.#f64[(this.#base + counter) >> 3]!;
  }

  /** For the decoder: adds up what the kernel said of the frame that it has just decoded. */
  addResult(records: number): void {
    this.add(layout.COUNT_FRAMES_DECODED, 1);
    this.add(layout.COUNT_RECORDS, records);
    this.addFindings();
  }

  /** As `addResult`, for a frame whose records found no room. */
  addFindings(): void {
    const u32 = this.#u32;
    const at = this.#base >> 2;
    this.add(layout.COUNT_HEARTBEATS, u32[at + (layout.RESULT_HEARTBEAT >> 2)]!);
    this.add(layout.COUNT_UNKNOWN, u32[at + (layout.RESULT_UNKNOWN >> 2)]!);
    this.add(layout.COUNT_BOOKS_MATCHED, u32[at + (layout.RESULT_BOOKS_MATCHED >> 2)]!);
    const failed = u32[at + (layout.RESULT_BOOKS_FAILED >> 2)]!;
    const ignored = u32[at + (layout.RESULT_BOOKS_IGNORED >> 2)]!;
    const overflowed = u32[at + (layout.RESULT_OVERFLOWED >> 2)]!;
    const inexact = u32[at + (layout.RESULT_INEXACT >> 2)]!;
    if ((failed | ignored | overflowed | inexact) !== 0) {
      this.add(layout.COUNT_BOOKS_FAILED, failed);
      this.add(layout.COUNT_BOOKS_IGNORED, ignored);
      this.add(layout.COUNT_OVERFLOWED, overflowed);
      this.add(layout.COUNT_INEXACT, inexact);
    }
    if (u32[at + (layout.RESULT_HANDED_ON >> 2)]! !== layout.HANDED_ON_NOT) {
      this.add(layout.COUNT_HANDED_ON, 1);
    }
    if (u32[at + (layout.RESULT_MALFORMED >> 2)]! === 0) return;
    this.add(layout.COUNT_FRAMES_MALFORMED, 1);
    for (let reason = 0; reason < layout.REJECTED_REASONS; reason++) {
      this.add(layout.COUNT_REJECTED + 8 * reason, u32[at + (layout.RESULT_REJECTED >> 2) + reason]!);
    }
  }

  /** For the decoder: whether, and why, the frame just decoded is to be handed on; one of the HANDED_ON_ numbers. */
  handedOn(): number {
    return this.#u32[(this.#base + layout.RESULT_HANDED_ON) >> 2]!;
  }

  values(): CounterValues {
    const rejected = (reason: number) => this.get(layout.COUNT_REJECTED + 8 * reason);
    const rejectedBy = {
      shortFrame: rejected(layout.REJECTED_SHORT_FRAME),
      truncated: rejected(layout.REJECTED_TRUNCATED),
      packetLength: rejected(layout.REJECTED_PACKET_LENGTH),
      trailingBytes: rejected(layout.REJECTED_TRAILING_BYTES),
    };
    return {
      frames: this.get(layout.COUNT_FRAMES),
      bytes: this.get(layout.COUNT_BYTES),
      textFrames: this.get(layout.COUNT_TEXT_FRAMES),
      framesDropped: this.get(layout.COUNT_FRAMES_DROPPED),
      framesTooLarge: this.get(layout.COUNT_FRAMES_TOO_LARGE),
      pauses: this.get(layout.COUNT_PAUSES),
      framesDecoded: this.get(layout.COUNT_FRAMES_DECODED),
      records: this.get(layout.COUNT_RECORDS),
      heartbeats: this.get(layout.COUNT_HEARTBEATS),
      rejected:
        rejectedBy.shortFrame + rejectedBy.truncated + rejectedBy.packetLength + rejectedBy.trailingBytes,
      rejectedBy,
      framesMalformed: this.get(layout.COUNT_FRAMES_MALFORMED),
      unknownSegments: this.get(layout.COUNT_UNKNOWN),
      recordsDropped: this.get(layout.COUNT_RECORDS_DROPPED),
      framesSkipped: this.get(layout.COUNT_FRAMES_SKIPPED),
      framesQuarantined: this.get(layout.COUNT_FRAMES_QUARANTINED),
      spaceWaits: this.get(layout.COUNT_SPACE_WAITS),
      handedOn: this.get(layout.COUNT_HANDED_ON),
      booksMatched: this.get(layout.COUNT_BOOKS_MATCHED),
      booksFailed: this.get(layout.COUNT_BOOKS_FAILED),
      booksIgnored: this.get(layout.COUNT_BOOKS_IGNORED),
      inexact: this.get(layout.COUNT_INEXACT),
      overflowed: this.get(layout.COUNT_OVERFLOWED),
    };
  }
}

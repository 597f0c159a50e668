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
    this.add(layout.COUNT_HEARTBEATS, this.#result(layout.RESULT_HEARTBEAT));
    this.add(layout.COUNT_UNKNOWN, this.#result(layout.RESULT_UNKNOWN));
    if (this.#result(layout.RESULT_MALFORMED) === 0) return;
    this.add(layout.COUNT_FRAMES_MALFORMED, 1);
    for (let reason = 0; reason < layout.REJECTED_REASONS; reason++) {
      this.add(layout.COUNT_REJECTED + 8 * reason, this.#result(layout.RESULT_REJECTED + 4 * reason));
    }
  }

  #result(offset: number): number {
    return this.#u32[(this.#base + offset) >> 2]!;
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
    };
  }
}

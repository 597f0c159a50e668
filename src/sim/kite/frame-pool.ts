import { FRAME_COUNT_BYTES, FULL_BYTES, PACKET_LENGTH_BYTES } from '../../kite/packet-layout.ts';

/** Most bytes of frames that wait for one socket; at least `FEWEST_FRAMES` of them, however large. */
const POOL_BYTES = 1024 * 1024;
const FEWEST_FRAMES = 4;
const MOST_FRAMES = 256;

/** A frame buffer and the callback that gives it back once its bytes have left the process. */
export interface PooledFrame {
  readonly bytes: Buffer;
  readonly release: () => void;
}

/**
 * The frame buffers of one connection. They are all the memory that its ticks can take: no buffer free means that the
 * client is slow.
 */
export class FramePool {
  readonly #free: PooledFrame[] = [];
  readonly #size: number;

  /** `onRelease` is called whenever a buffer came back. */
  constructor(packetsPerFrame: number, onRelease: () => void) {
    const frameBytes = FRAME_COUNT_BYTES + packetsPerFrame * (PACKET_LENGTH_BYTES + FULL_BYTES);
    this.#size = Math.min(MOST_FRAMES, Math.max(FEWEST_FRAMES, Math.floor(POOL_BYTES / frameBytes)));
    for (let i = 0; i < this.#size; i++) {
      const frame: PooledFrame = {
        // Not from Buffer's own pool, which other code shares.
        bytes: Buffer.from(new ArrayBuffer(frameBytes)),
        release: () => {
          this.#free.push(frame);
          onRelease();
        },
      };
      this.#free.push(frame);
    }
  }

  get hasFree(): boolean {
    return this.#free.length > 0;
  }

  /** A buffer nobody reads any more, or `undefined` when all wait for the socket. */
  take(): PooledFrame | undefined {
    return this.#free.pop();
  }
}

import { median } from './suite.ts';
import { publisherOf, readerOf, type WakeChannel } from './wake-channel.ts';

/** A run: how many pings, and the ms from the reader's word that it is going to wait to the publication: it has parked then. */
export interface Pings {
  readonly count: number;
  readonly pause: number;
}

const never = new Int32Array(new SharedArrayBuffer(4));

/** Publishes each ping when its reader has parked. For a thread that may block. */
export function publishPings(channel: WakeChannel): (pings: Pings) => void {
  const publisher = publisherOf(channel);
  const turn = new Turn(channel.turn);
  return ({ count, pause }) => {
    for (let ping = 1; ping <= count; ping++) {
      do Atomics.wait(never, 0, 0, pause);
      while (!turn.isAt(ping));
      Atomics.wait(never, 0, 0, pause);
      turn.stamp();
      publisher.publish();
    }
  };
}

/** Blocks for each ping; answers how long it took from its publication to here: the median, µs. */
export function readPingsSync(channel: WakeChannel): (pings: Pings) => number {
  const reader = readerOf(channel);
  const turn = new Turn(channel.turn);
  return ({ count }) => {
    const took: number[] = [];
    for (let ping = 1; ping <= count; ping++) {
      turn.announce(ping);
      reader.waitSync();
      took.push(turn.elapsed);
      reader.take();
    }
    turn.announce(0);
    return median(took);
  };
}

/** As `readPingsSync`, on a thread that must not block. */
export function readPings(channel: WakeChannel): (pings: Pings) => Promise<number> {
  const reader = readerOf(channel);
  const turn = new Turn(channel.turn);
  return async ({ count }) => {
    const took: number[] = [];
    for (let ping = 1; ping <= count; ping++) {
      turn.announce(ping);
      await reader.wait();
      took.push(turn.elapsed);
      reader.take();
    }
    turn.announce(0);
    return median(took);
  };
}

/** The words by which the two threads take turns: the ping that is waited for (int32), and when it was published (ns, int64). */
class Turn {
  readonly #waiting: Int32Array;
  readonly #publishedAt: BigInt64Array;

  constructor(buffer: SharedArrayBuffer) {
    this.#waiting = new Int32Array(buffer, 0, 1);
    this.#publishedAt = new BigInt64Array(buffer, 8, 1);
  }

  announce(ping: number): void {
    Atomics.store(this.#waiting, 0, ping);
  }

  isAt(ping: number): boolean {
    return Atomics.load(this.#waiting, 0) === ping;
  }

  stamp(): void {
    this.#publishedAt[0] = process.hrtime.bigint();
  }

  get elapsed(): number {
    return Number(process.hrtime.bigint() - this.#publishedAt[0]!) / 1000;
  }
}

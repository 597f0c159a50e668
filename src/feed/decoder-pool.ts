import { readFile } from 'node:fs/promises';
import { Piscina } from 'piscina';
import type { DecoderMessage, DecoderTask } from '../../workers/decoder.ts';
import type { HandedOnText, QuarantinedFrame, WhenFull } from '../../workers/lane.ts';
import { DecoderError } from '../errors.ts';
import type { Arena } from '../memory/arena.ts';
import { Counters } from '../memory/counters.ts';
import { COUNT_FRAMES_DECODED } from '../memory/counters-layout.ts';
import { DecoderControl } from '../memory/decoder-control.ts';
import { Backoff } from './backoff.ts';

const DECODER = new URL('../../workers/decoder.js', import.meta.url);

/** How long a decoder may take to start, ms. A worker thread takes some 40 ms. */
const START_TIMEOUT = 30_000;

/** A decoder that dies so often in a row, without having decoded a frame in between, is not started again. */
const MOST_DEATHS = 10;

/** A decoder is replaced at once; one that goes on dying waits, up to a second. */
const RESTART = { initialDelay: 5, maxDelay: 1000, maxAttempts: MOST_DEATHS - 1 };

/** Compiles a kernel once; the module is shared by all decoders. */
export async function compileKernel(name: string): Promise<object> {
  const bytes = await readFile(new URL(`../../workers/kernels/${name}.wasm`, import.meta.url));
  return new WebAssembly.Module(bytes);
}

/** What a pool tells its feed. */
export interface DecoderPoolListener {
  /** A decoder died; another takes up where it stopped, unless `final`. */
  died(error: DecoderError, final: boolean): void;
  /** A frame was set aside because decoding it failed again and again. */
  quarantined(frame: QuarantinedFrame): void;
  /** A text frame that the kernel leaves to the venue. Those of one connection come in its order. */
  handedOn?(text: HandedOnText): void;
}

/**
 * The decoder threads of a feed: a piscina pool in which each thread runs one endless task and serves its share of the
 * arenas. A thread that dies is replaced; its successor takes up at the shared cursors.
 */
export class DecoderPool {
  /** One a decoder. Arenas are created with the bell of the decoder that will serve them: `controlFor(index)`. */
  readonly controls: readonly DecoderControl[];
  readonly #listener: DecoderPoolListener;
  #pool: Piscina<DecoderTask, void> | undefined;
  #tasks: Promise<void>[] = [];
  #stopping = false;
  #wake = new AbortController();

  /** @param controls those whose bells the arenas were created with, when that was done elsewhere */
  constructor(
    decoders: number,
    listener: DecoderPoolListener,
    controls: readonly DecoderControl[] = Array.from({ length: decoders }, () => new DecoderControl()),
  ) {
    this.controls = controls;
    this.#listener = listener;
  }

  /** The decoder that serves the arena of this connection. */
  controlFor(connection: number): DecoderControl {
    return this.controls[connection % this.controls.length]!;
  }

  /** The threads, for tests that end them. */
  get threads(): readonly { terminate(): Promise<number> }[] {
    return this.#pool?.threads ?? [];
  }

  /**
   * Starts the threads; resolves when all of them serve. Before the sockets, because a thread takes its time.
   *
   * @throws DecoderError when one does not come up
   */
  async start(module: object, arenas: readonly Arena[], whenFull?: WhenFull): Promise<void> {
    const decoders = this.controls.length;
    this.#pool = new Piscina({
      filename: DECODER.href,
      minThreads: decoders,
      maxThreads: decoders,
      concurrentTasksPerWorker: 1,
    });
    this.#pool.on('message', (message: DecoderMessage) => {
      if ('text' in message) this.#listener.handedOn?.(message.text);
      else this.#listener.quarantined(message.quarantined);
    });
    // Tasks report their own deaths; what a dying worker says besides is no more than that.
    this.#pool.on('error', () => {});
    this.#stopping = false;
    this.#wake = new AbortController();
    this.#tasks = this.controls.map((control, index) => {
      control.reset();
      const mine = arenas.filter((_, connection) => connection % decoders === index);
      const counters = mine.map((arena) => new Counters(arena));
      const decoded = () => counters.reduce((sum, each) => sum + each.get(COUNT_FRAMES_DECODED), 0);
      const handles = mine.map(({ handle }) => handle);
      return this.#serve({ module, arenas: handles, control: control.buffer, whenFull }, control, decoded);
    });
    for (const control of this.controls) {
      const started = await control.bell.wait(() => control.serving || this.#stopping, START_TIMEOUT);
      if (!started) throw new DecoderError(`a decoder thread did not start within ${START_TIMEOUT} ms`);
    }
  }

  /** Stops the threads, parked or not, and waits until they are gone. Frames that they did not come to stay in the rings. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#wake.abort();
    for (const control of this.controls) control.stop();
    await Promise.all(this.#tasks);
    await this.#pool?.destroy();
    this.#pool = undefined;
  }

  /**
   * Runs a decoder until it is stopped, again and again if it dies, until it has died too often.
   *
   * @param decoded how many frames its arenas have come to
   */
  async #serve(task: DecoderTask, control: DecoderControl, decoded: () => number): Promise<void> {
    const backoff = new Backoff(RESTART);
    let before = decoded();
    while (!this.#stopping) {
      try {
        await this.#pool?.run(task);
        return;
      } catch (cause) {
        if (this.#stopping) return;
        // It did not come to say so itself.
        control.setServing(false);
        if (decoded() !== before) backoff.succeeded();
        before = decoded();
        const delay = backoff.next();
        const final = delay === undefined;
        const words = final
          ? `a decoder thread died ${MOST_DEATHS} times without decoding a frame and is not started again; its connections stay undecoded`
          : 'a decoder thread died; another takes up where it stopped';
        this.#listener.died(new DecoderError(words, { cause }), final);
        if (final) return;
        await this.#pause(delay);
      }
    }
  }

  /** Resolves after `milliseconds`, or at once when the pool is being stopped. */
  #pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(done, milliseconds);
      const { signal } = this.#wake;
      function done() {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      }
      signal.addEventListener('abort', done);
    });
  }
}

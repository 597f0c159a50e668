import { readFile } from 'node:fs/promises';
import { Piscina } from 'piscina';
import type { DecoderTask } from '../../workers/decoder.ts';
import { DecoderError } from '../errors.ts';
import type { Arena } from '../memory/arena.ts';
import { DecoderControl } from '../memory/decoder-control.ts';

const DECODER = new URL('../../workers/decoder.js', import.meta.url);

/** How long a decoder may take to start, ms. A worker thread takes some 40 ms. */
const START_TIMEOUT = 30_000;

/** Compiles a kernel once; the module is shared by all decoders. */
export async function compileKernel(name: string): Promise<object> {
  const bytes = await readFile(new URL(`../../workers/kernels/${name}.wasm`, import.meta.url));
  return new WebAssembly.Module(bytes);
}

/**
 * The decoder threads of a feed: a piscina pool in which each thread runs one endless task and serves its share of the
 * arenas.
 */
export class DecoderPool {
  /** One a decoder. Arenas are created with the bell of the decoder that will serve them: `controlFor(index)`. */
  readonly controls: readonly DecoderControl[];
  readonly #onFailure: (error: DecoderError) => void;
  #pool: Piscina<DecoderTask, void> | undefined;
  #tasks: Promise<void>[] = [];
  #stopping = false;

  constructor(decoders: number, onFailure: (error: DecoderError) => void) {
    this.controls = Array.from({ length: decoders }, () => new DecoderControl());
    this.#onFailure = onFailure;
  }

  /** The decoder that serves the arena of this connection. */
  controlFor(connection: number): DecoderControl {
    return this.controls[connection % this.controls.length]!;
  }

  /**
   * Starts the threads; resolves when all of them serve. Before the sockets, because a thread takes its time.
   *
   * @throws DecoderError when one does not come up
   */
  async start(module: object, arenas: readonly Arena[]): Promise<void> {
    const decoders = this.controls.length;
    this.#pool = new Piscina({
      filename: DECODER.href,
      minThreads: decoders,
      maxThreads: decoders,
      concurrentTasksPerWorker: 1,
    });
    this.#stopping = false;
    this.#tasks = this.controls.map((control, index) => {
      control.reset();
      const mine = arenas.filter((_, connection) => connection % decoders === index);
      return this.#serve({ module, arenas: mine.map(({ handle }) => handle), control: control.buffer });
    });
    for (const control of this.controls) {
      const started = await control.bell.wait(() => control.serving || this.#stopping, START_TIMEOUT);
      if (!started) throw new DecoderError(`a decoder thread did not start within ${START_TIMEOUT} ms`);
    }
  }

  /** Stops the threads, parked or not, and waits until they are gone. Frames that they did not come to stay in the rings. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const control of this.controls) control.stop();
    await Promise.all(this.#tasks);
    await this.#pool?.destroy();
    this.#pool = undefined;
  }

  async #serve(task: DecoderTask): Promise<void> {
    try {
      await this.#pool?.run(task);
    } catch (cause) {
      if (!this.#stopping) this.#onFailure(new DecoderError('a decoder thread died', { cause }));
    }
  }
}

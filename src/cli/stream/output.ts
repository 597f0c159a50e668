import { fstatSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';

/** Standard output as a thread other than the main one writes it. */
export interface Output {
  /** Resolves when it has been taken: until then, nothing else may be written. Rejects with `EPIPE` when nobody reads any more. */
  write(text: string): Promise<void>;
}

const STDOUT = 1;

/** A pipe is written without blocking, so that whoever reads it slowly can be waited for; a file or terminal at once. */
export function openOutput(): Output {
  const kind = fstatSync(STDOUT);
  return kind.isFIFO() || kind.isSocket() ? new PipeOutput() : new FileOutput();
}

class FileOutput implements Output {
  async write(text: string): Promise<void> {
    let bytes = Buffer.from(text);
    while (bytes.length > 0) bytes = bytes.subarray(writeSync(STDOUT, bytes));
  }
}

class PipeOutput implements Output {
  readonly #socket = new Socket({ fd: STDOUT, readable: false, writable: true });

  constructor() {
    // Told to whoever writes.
    this.#socket.on('error', () => {});
  }

  write(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.write(text, (error) => (error ? reject(error) : resolve()));
    });
  }
}

import { ErrorPacker, type PackedError, unpackError } from '../feed/packed-error.ts';

/** So many are remembered; of the older ones, others like them are made. */
const MOST = 256;

/**
 * Errors of an I/O worker as the feed's user gets them: each the same object whenever it is seen, and what a token provider
 * threw is the very thing.
 */
export class ErrorMemory {
  readonly #packer = new ErrorPacker();
  /** By the worker's number: those that reports keep speaking of, one a connection. */
  readonly #kept = new Map<number, Error>();
  /** By our number: what was thrown here and went to the worker. */
  readonly #lent = new Map<number, unknown>();

  unpack(packed: PackedError): Error {
    return this.#known(packed) ?? unpackError(packed, (cause) => this.#known(cause));
  }

  /** As `unpack`; it is going to be unpacked again. */
  keep(packed: PackedError): Error {
    const error = this.unpack(packed);
    remember(this.#kept, packed.id, error);
    return error;
  }

  /** For the worker. */
  lend(thrown: unknown): PackedError {
    const packed = this.#packer.pack(thrown);
    remember(this.#lent, packed.id, thrown);
    return packed;
  }

  #known(packed: PackedError): Error | undefined {
    if (packed.yours !== undefined && this.#lent.has(packed.yours))
      return this.#lent.get(packed.yours) as Error;
    return this.#kept.get(packed.id);
  }
}

function remember<Value>(errors: Map<number, Value>, id: number, error: Value): void {
  errors.delete(id);
  errors.set(id, error);
  if (errors.size > MOST) errors.delete(errors.keys().next().value!);
}

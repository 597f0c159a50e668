import * as errors from '../errors.ts';
import { StateError } from './connection-state.ts';

/** An error on its way between threads: structured clones lose the class, the code and other fields. */
export interface PackedError {
  /** Tells errors of one packer apart: the same error has the same number. */
  readonly id: number;
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  /** Of a `TickringError`. */
  readonly code: string | undefined;
  /** Its other fields, as far as they are plain. */
  readonly fields: Readonly<Record<string, string | number | undefined>>;
  readonly cause: PackedError | undefined;
  /** It came from the other side, and had this number there. */
  readonly yours: number | undefined;
}

const { TickringError } = errors;

/** Every class that has a code of its own, by name. */
const CLASSES = new Map<string, { prototype: object }>(
  Object.entries({ ...errors, StateError }).map(([name, value]) => [name, value]),
);

const PLAIN = new Map<string, ErrorConstructor>(
  [Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError].map((type) => [
    type.name,
    type,
  ]),
);

/** Deeper causes are left out. */
const MOST_CAUSES = 8;

/** Packs the errors of one side. */
export class ErrorPacker {
  readonly #ids = new WeakMap<object, number>();
  /** Errors of the other side, with their numbers there. */
  readonly #theirs = new WeakMap<object, number>();
  #next = 1;

  /** An error of the other side, which knows it again when it comes back. */
  adopt(packed: PackedError): Error {
    const error = unpackError(packed);
    this.#theirs.set(error, packed.id);
    return error;
  }

  pack(error: unknown, depth = 0): PackedError {
    const it = error instanceof Error ? error : new Error(String(error));
    const { name, message, stack, cause } = it;
    const code = (it as { code?: unknown }).code;
    const fields: Record<string, string | number | undefined> = {};
    for (const [key, value] of Object.entries(it)) {
      if (key === 'name') continue;
      if (value === undefined || typeof value === 'string' || typeof value === 'number') fields[key] = value;
    }
    return {
      id: this.#idOf(it),
      name: String(name),
      message: String(message),
      stack,
      code: it instanceof TickringError ? String(code) : undefined,
      fields,
      cause: cause === undefined || depth === MOST_CAUSES ? undefined : this.pack(cause, depth + 1),
      yours: this.#theirs.get(it),
    };
  }

  #idOf(error: Error): number {
    let id = this.#ids.get(error);
    if (id === undefined) {
      id = this.#next++;
      this.#ids.set(error, id);
    }
    return id;
  }
}

/**
 * The error as it was: an instance of its class, with its code, fields, causes, and its stack on the other thread.
 *
 * @param known what is known already, and need not be made; a cause may be anything
 */
export function unpackError(packed: PackedError, known?: (packed: PackedError) => unknown): Error {
  const cause = packed.cause && (known?.(packed.cause) ?? unpackError(packed.cause, known));
  const options = packed.cause && { cause };
  let error: Error;
  if (packed.code === undefined) {
    error = new (PLAIN.get(packed.name) ?? Error)(packed.message, options);
  } else {
    error = new TickringError(packed.code, packed.message, options);
    const type = CLASSES.get(packed.name);
    if (type) Object.setPrototypeOf(error, type.prototype);
  }
  Object.assign(error, packed.fields);
  if (error.name !== packed.name) hide(error, 'name', packed.name);
  if (packed.stack !== undefined) hide(error, 'stack', packed.stack);
  return error;
}

function hide(error: Error, key: string, value: string): void {
  Object.defineProperty(error, key, { value, writable: true, configurable: true, enumerable: false });
}

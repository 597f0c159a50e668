import { CommandError } from './error-codes.ts';

/** A command as it came, its shape checked only on the outside. */
export interface Command {
  /** `undefined` without one; 0 counts as none. */
  readonly id: number | undefined;
  /** '' without one. */
  readonly name: string;
  readonly params: Params | undefined;
}

/**
 * Reads a client's message.
 * @throws CommandError 1 for what is no JSON object
 */
export function parseCommand(text: string): Command {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    throw new CommandError(1);
  }
  if (!isObject(message)) throw new CommandError(1);
  const { id, cmd, params } = message;
  return {
    id: typeof id === 'number' && Number.isSafeInteger(id) && id !== 0 ? id : undefined,
    name: typeof cmd === 'string' ? cmd : '',
    params: isObject(params) ? new Params(params) : undefined,
  };
}

/** The parameters of a command. What has another type than it should is an "Invalid parameter". */
export class Params {
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(values: Readonly<Record<string, unknown>>) {
    this.#values = values;
  }

  has(name: string): boolean {
    return this.#values[name] !== undefined && this.#values[name] !== null;
  }

  /** @throws CommandError 11 */
  flag(name: string): boolean {
    return this.#read(name, (value) => typeof value === 'boolean') ?? false;
  }

  /** @throws CommandError 11 */
  integer(name: string): number | undefined {
    return this.#read(name, (value) => Number.isSafeInteger(value));
  }

  /** @throws CommandError 11 */
  integers(name: string): number[] | undefined {
    return this.#read(name, (value) => Array.isArray(value) && value.every(Number.isSafeInteger));
  }

  /** @throws CommandError 11 */
  text(name: string): string | undefined {
    return this.#read(name, (value) => typeof value === 'string');
  }

  /** @throws CommandError 11 */
  texts(name: string): string[] | undefined {
    return this.#read(name, (value) => Array.isArray(value) && value.every((it) => typeof it === 'string'));
  }

  /**
   * One text, or several under another name, but not both.
   * @throws CommandError 11
   */
  oneOrMore(one: string, more: string): string[] | undefined {
    if (this.has(one) && this.has(more)) throw new CommandError(11);
    const text = this.text(one);
    return text === undefined ? this.texts(more) : [text];
  }

  #read<T>(name: string, isRight: (value: unknown) => boolean): T | undefined {
    if (!this.has(name)) return undefined;
    const value = this.#values[name];
    if (!isRight(value)) throw new CommandError(11);
    return value as T;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import { ArgumentError } from '../errors.ts';

/** What the number of a kind of fault is called, means and may be. */
export interface FaultNumber {
  readonly name: string;
  /** `undefined`: the simulator chooses, or does without. */
  readonly otherwise: number | undefined;
  readonly low: number;
  readonly high: number;
}

/** The kinds of fault of one simulator. Each comes with one number at most, which has a name of its own. */
export class FaultTable<Fault extends { readonly kind: string }> {
  readonly kinds: readonly Fault['kind'][];
  readonly #numbers: Readonly<Record<string, FaultNumber | undefined>>;

  /** @param numbers every kind, and its number; `undefined` for those without */
  constructor(numbers: Readonly<Record<Fault['kind'], FaultNumber | undefined>>) {
    this.kinds = Object.keys(numbers) as Fault['kind'][];
    this.#numbers = numbers;
  }

  /**
   * What the number of a kind is; `undefined` for a kind without.
   *
   * @throws ArgumentError for a kind that there is not
   */
  numberOf(kind: string): FaultNumber | undefined {
    if (Object.hasOwn(this.#numbers, kind)) return this.#numbers[kind];
    throw new ArgumentError(`no fault is called ${String(kind)}; there are: ${this.kinds.join(', ')}`);
  }

  /**
   * The number that a fault comes with, its default without one.
   *
   * @throws ArgumentError for a kind that there is not, or a number out of its range
   */
  number(fault: Fault): number | undefined {
    const { kind } = fault;
    const number = this.numberOf(kind);
    if (number === undefined) return undefined;
    const { name, otherwise, low, high } = number;
    const value = (fault as unknown as Record<string, number | undefined>)[name] ?? otherwise;
    if (value === undefined) return undefined;
    if (!Number.isInteger(value) || value < low || value > high) {
      throw new ArgumentError(`${name} of ${kind} must be an integer from ${low} to ${high}, not ${value}`);
    }
    return value;
  }

  /**
   * A fault by its name and its number: `make('silence', 500)` is `{ kind: 'silence', ms: 500 }`.
   *
   * @throws ArgumentError
   */
  make(kind: string, value?: number): Fault {
    const number = this.numberOf(kind);
    if (number === undefined && value !== undefined) {
      throw new ArgumentError(`the fault ${kind} takes no value`);
    }
    const fault = { kind, ...(number && value !== undefined && { [number.name]: value }) } as Fault;
    this.number(fault);
    return fault;
  }
}

/** A count of 0 for each kind. */
export function none<Kind extends string>(kinds: readonly Kind[]): Record<Kind, number> {
  return Object.fromEntries(kinds.map((kind) => [kind, 0])) as Record<Kind, number>;
}

import { type Amount, amountOf, parseAmount, SCALES } from './amount.ts';
import { isObject, type JsonObject } from './messages.ts';

/** Reads one field of a message. */
export type Field<Value> = (msg: JsonObject) => Value;

/** What a table of fields makes of a message. */
export type Fields<Table> = {
  readonly [Name in keyof Table]: Table[Name] extends Field<infer Value> ? Value : never;
};

type Table = Readonly<Record<string, Field<unknown>>>;

export function readFields<Of extends Table>(table: Of, msg: JsonObject): Fields<Of> {
  return Object.fromEntries(Object.entries(table).map(([name, field]) => [name, field(msg)])) as Fields<Of>;
}

/** A text under the first of these names that has one. `Word`: those that are known; others come as they are. */
export function text<Word extends string = string>(
  ...names: string[]
): Field<Word | (string & {}) | undefined> {
  return (msg) => first(names, msg, (value) => (typeof value === 'string' ? value : undefined));
}

export function number(...names: string[]): Field<number | undefined> {
  return (msg) => first(names, msg, (value) => (typeof value === 'number' ? value : undefined));
}

/** A number, which was a text once. */
export function looseNumber(name: string): Field<number | undefined> {
  return ({ [name]: value }) => {
    const read = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    return typeof read === 'number' && !Number.isNaN(read) ? read : undefined;
  };
}

/** A number, as text: with all the digits that came. */
export function digits(name: string): Field<string | undefined> {
  return ({ [name]: value }) =>
    typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

export function flag(name: string): Field<boolean | undefined> {
  return ({ [name]: value }) => (typeof value === 'boolean' ? value : undefined);
}

/** Some object, as it came. */
export function object(name: string): Field<JsonObject | undefined> {
  return ({ [name]: value }) => (isObject(value) ? value : undefined);
}

/** A list of objects. */
export function list<Of extends Table>(name: string, table: Of): Field<readonly Fields<Of>[] | undefined> {
  return ({ [name]: value }) =>
    Array.isArray(value) ? value.filter(isObject).map((each) => readFields(table, each)) : undefined;
}

export function texts(name: string): Field<readonly string[]> {
  return ({ [name]: value }) => (Array.isArray(value) ? value.map(String) : []);
}

/** An object with fields of its own. */
export function nested<Of extends Table>(name: string, table: Of): Field<Fields<Of> | undefined> {
  return ({ [name]: value }) => (isObject(value) ? readFields(table, value) : undefined);
}

/** `NAME_dollars`; of old, `NAME` in whole cents. */
export function price(name: string): Field<Amount | undefined> {
  return amount(`${name}_dollars`, name, SCALES.price);
}

/** `NAME_fp`; of old, `NAME` in whole contracts. */
export function count(name: string): Field<Amount | undefined> {
  return amount(`${name}_fp`, name, SCALES.count);
}

/** `NAME_dollars`; of old, `NAME` in 1/10,000 dollar. */
export function money(name: string): Field<Amount | undefined> {
  return amount(`${name}_dollars`, name, SCALES.money);
}

/** A decimal text under just this name, dollars. */
export function dollars(name: string, scale: number = SCALES.price): Field<Amount | undefined> {
  return ({ [name]: value }) => parseAmount(value, scale);
}

/** Integers of old are hundreds of units, of every kind. */
const UNITS_OF_OLD = 100;

function amount(name: string, old: string, scale: number): Field<Amount | undefined> {
  return (msg) => {
    const exact = parseAmount(msg[name], scale);
    if (exact) return exact;
    const integer = msg[old];
    return Number.isSafeInteger(integer) ? amountOf((integer as number) * UNITS_OF_OLD, scale) : undefined;
  };
}

function first<Value>(
  names: readonly string[],
  msg: JsonObject,
  read: (value: unknown) => Value | undefined,
): Value | undefined {
  for (const name of names) {
    const value = read(msg[name]);
    if (value !== undefined) return value;
  }
  return undefined;
}

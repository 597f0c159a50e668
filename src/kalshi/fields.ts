import {
  type Amount,
  amountOf,
  COUNT_DECIMALS,
  MONEY_DECIMALS,
  PRICE_DECIMALS,
  parseAmount,
} from './amount.ts';
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
  return amount([`${name}_dollars`], name, PRICE_DECIMALS, 100);
}

/** `NAME_fp`; of old, `NAME` in whole contracts. */
export function count(name: string): Field<Amount | undefined> {
  return amount([`${name}_fp`], name, COUNT_DECIMALS, 100);
}

/** `NAME_dollars`; of old, `NAME` in 1/10,000 dollar. */
export function money(name: string): Field<Amount | undefined> {
  return amount([`${name}_dollars`], name, MONEY_DECIMALS, 100);
}

/** A decimal text under just this name, dollars. */
export function dollars(name: string, decimals: number = PRICE_DECIMALS): Field<Amount | undefined> {
  return ({ [name]: value }) => parseAmount(value, decimals);
}

/** @param each units that an integer of old stands for */
function amount(
  names: readonly string[],
  old: string,
  decimals: number,
  each: number,
): Field<Amount | undefined> {
  return (msg) => {
    const exact = first(names, msg, (value) => parseAmount(value, decimals));
    if (exact) return exact;
    const integer = msg[old];
    return Number.isSafeInteger(integer) ? amountOf((integer as number) * each, decimals) : undefined;
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

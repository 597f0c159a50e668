import type { Arena } from 'tickring/memory';

type Field = `BOOK_${string}`;
export type Level = readonly [price: bigint, quantity: bigint];

/** Writes a book as kernels do, by its layout and the seqlock's protocol. */
export class BookWriter {
  constructor(arena: Arena, place?: number);
  at(field: number): number;
  begin(): void;
  end(): void;
  set(fields: Readonly<Record<Field, number | bigint>>): void;
  levels(side: 'bids' | 'asks', levels: readonly Level[]): void;
  level(side: 'bids' | 'asks', i: number, price: bigint, quantity: bigint): void;
}

export function mix(sum: number, value: number): number;

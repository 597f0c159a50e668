import type { Arena } from './arena.ts';
import { SymbolTable } from './symbol-table.ts';

/** An arena and the symbols in it: their numbers are its own. */
export interface ArenaSymbols {
  readonly arena: Arena;
  readonly symbols: SymbolTable;
}

/** One table an arena, by connection, so that each text is read once a thread. */
export function symbolTables(arenas: readonly Arena[]): ReadonlyMap<number, ArenaSymbols> {
  return new Map(arenas.map((arena) => [arena.connection, { arena, symbols: new SymbolTable(arena) }]));
}

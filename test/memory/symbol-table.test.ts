import { Arena } from 'tickring/memory';
import { describe, expect, it } from 'vitest';
import { SymbolWriter } from '../support/symbols.ts';
import { SymbolTable } from '../support/views-internals.ts';

function symbols(entries = 16) {
  const arena = Arena.create({ frameRingBytes: 256, recordSlots: 2, latestInstruments: 0, symbols: entries });
  return { arena, writer: new SymbolWriter(arena), table: new SymbolTable(arena) };
}

describe('a symbol table', () => {
  it('knows the text of each id and the id of each text', () => {
    const { writer, table } = symbols();
    const texts = ['BTC/USD', 'X', 'é/USD', 'A'.repeat(80)];
    const ids = texts.map((text) => writer.add(text));
    expect(table.size).toBe(4);
    expect(ids.map((id) => table.text(id))).toEqual(texts);
    expect(texts.map((text) => table.find(text))).toEqual(ids);
  });

  it('learns of symbols that come later', () => {
    const { writer, table } = symbols();
    writer.add('BTC/USD');
    expect(table.find('ETH/USD')).toBe(-1);
    expect(table.text(1)).toBe('');
    const id = writer.add('ETH/USD');
    expect(table.text(id)).toBe('ETH/USD');
    writer.add('XRP/USD');
    expect(table.find('XRP/USD')).toBe(2);
  });

  it('answers an empty text for an id that there is not', () => {
    const { writer, table } = symbols();
    writer.add('BTC/USD');
    for (const id of [-1, 1, 15, 2 ** 32 - 1]) expect(table.text(id)).toBe('');
  });

  it('reads each text once', () => {
    const { arena, writer, table } = symbols();
    const id = writer.add('BTC/USD');
    table.text(id);
    const other = new SymbolTable(arena);
    expect(table.text(id)).toBe(other.text(id));
    arena.u8.fill(0x41, arena.u8.indexOf(0x42), arena.u8.indexOf(0x42) + 7);
    expect(table.text(id)).toBe('BTC/USD');
    expect(new SymbolTable(arena).text(id)).toBe('AAAAAAA');
  });

  it('knows which book a symbol has, once it has one', () => {
    const { writer, table } = symbols();
    const id = writer.add('BTC/USD');
    expect([table.bookOf(id), table.bookOf(-1), table.bookOf(1)]).toEqual([-1, -1, -1]);
    writer.setBook(id, 0);
    expect(table.bookOf(id)).toBe(0);
  });

  it('of an arena without symbols is empty', () => {
    const { table } = symbols(0);
    expect([table.size, table.overflowed, table.find('BTC/USD'), table.text(0)]).toEqual([0, 0, -1, '']);
  });
});

import { describe, expect, it } from 'vitest';
import { kiteKernel, kiteKernelBytes, packetLayout, tickLayout } from '../support/memory-internals.ts';

const HINT = 'the layout changed: raise LAYOUT_VERSION, then pin the new numbers here';

describe('layout version 1', () => {
  it('has this tick', () => {
    expect({ ...tickLayout }, HINT).toStrictEqual({
      TICK_LTP: 1,
      TICK_INDEX_QUOTE: 2,
      TICK_INDEX_FULL: 3,
      TICK_QUOTE: 4,
      TICK_FULL: 5,
      TICK_FLAG_UNKNOWN_SEGMENT: 1,
      TICK_FLAG_VOLUME_FELL: 2,
      TICK_PACKET: 64,
      TICK_DEPTH_ORDERS: 10,
      TICK_INDEX_PRICE_CHANGE: 72,
      TICK_DIVISOR: 40,
    });
  });

  it('has this packet, as Kite documents it', () => {
    expect({ ...packetLayout }).toStrictEqual({
      FRAME_COUNT_BYTES: 2,
      PACKET_LENGTH_BYTES: 2,
      HEARTBEAT_BYTES: 1,
      LTP_BYTES: 8,
      INDEX_QUOTE_BYTES: 28,
      INDEX_FULL_BYTES: 32,
      QUOTE_BYTES: 44,
      FULL_BYTES: 184,
      TOKEN: 0,
      LAST_PRICE: 4,
      LAST_TRADED_QUANTITY: 8,
      AVERAGE_TRADED_PRICE: 12,
      VOLUME_TRADED: 16,
      TOTAL_BUY_QUANTITY: 20,
      TOTAL_SELL_QUANTITY: 24,
      OPEN: 28,
      HIGH: 32,
      LOW: 36,
      CLOSE: 40,
      LAST_TRADE_TIME: 44,
      OPEN_INTEREST: 48,
      OI_DAY_HIGH: 52,
      OI_DAY_LOW: 56,
      EXCHANGE_TIME: 60,
      DEPTH: 64,
      INDEX_HIGH: 8,
      INDEX_LOW: 12,
      INDEX_OPEN: 16,
      INDEX_CLOSE: 20,
      INDEX_PRICE_CHANGE: 24,
      INDEX_EXCHANGE_TIME: 28,
      DEPTH_LEVELS: 5,
      DEPTH_ENTRY_BYTES: 12,
      DEPTH_QUANTITY: 0,
      DEPTH_PRICE: 4,
      DEPTH_ORDERS: 8,
    });
  });

  it('has a full packet that fits a record', () => {
    expect(tickLayout.TICK_PACKET + packetLayout.FULL_BYTES).toBeLessThanOrEqual(256);
  });
});

/** What WebAssembly says of a module; TypeScript declares it only together with the browser's. */
interface Describe {
  exports(module: object): { name: string; kind: string }[];
  imports(module: object): { module: string; name: string; kind: string }[];
}

describe("Kite's kernel", () => {
  const { exports, imports } = WebAssembly.Module as unknown as Describe;

  it('exports what a lane calls, and its memory, nothing else', () => {
    const names = exports(kiteKernel).map(({ name, kind }) => `${kind} ${name}`);
    expect(names.sort()).toEqual([
      'function attach',
      'function decode',
      'function most',
      'function refresh',
      'memory memory',
    ]);
  });

  it('imports its memory and nothing else', () => {
    expect(imports(kiteKernel)).toEqual([{ module: 'env', name: 'memory', kind: 'memory' }]);
  });

  it('owns no byte of its memory: it has no data, no table, and nothing that runs at the start', () => {
    const [start, data, dataCount, table, element] = [8, 11, 12, 4, 9];
    const found = sections(kiteKernelBytes);
    for (const section of [start, data, dataCount, table, element]) expect(found).not.toContain(section);
  });
});

/** The section numbers of a WebAssembly binary. */
function sections(bytes: Uint8Array): number[] {
  const found: number[] = [];
  let at = 8;
  while (at < bytes.length) {
    found.push(bytes[at]!);
    at += 1;
    let size = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at]!;
      at += 1;
      size |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    at += size;
  }
  expect(at).toBe(bytes.length);
  return found;
}

import { describe, expect, it } from 'vitest';
import * as krakenLayout from '../../dist/src/kraken/record-layout.js';
import { kiteKernel, kiteKernelBytes, packetLayout, tickLayout } from '../support/memory-internals.ts';
import { kalshiKernel, kalshiKernelBytes } from './kalshi-line.ts';
import { krakenKernel, krakenKernelBytes } from './kraken-line.ts';

const HINT = 'the layout changed: raise LAYOUT_VERSION, then pin the new numbers here';

describe('layout version 3', () => {
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

/** uint8, uint16, uint32, int64: bytes of a field, by what its name ends in. */
function krakenFields(prefix: string): Field[] {
  return Object.entries(NUMBERS)
    .filter(([name]) => name.startsWith(prefix) && !NO_FIELDS.some((other) => other.test(name)))
    .map(([name, offset]) => {
      const several = /_SCALES$/.test(name) ? NUMBERS[`${prefix}FIELDS`] : undefined;
      return [name, offset, several ?? bytesOf(name)] as const;
    });
}

type Field = readonly [name: string, offset: number, bytes: number];

const NUMBERS: Readonly<Record<string, number>> = { ...krakenLayout };

/** Values, not offsets. */
const NO_FIELDS = [
  /_FIELDS$/,
  /^INSTRUMENT_STATUS_/,
  /^STATUS_(?!SYSTEM$|MAINT|EMERG|CONN)/,
  /^GAP_(CHECKSUM|RESYNCED|UNUSABLE|POLICY)/,
  /^ORDER_(EVENT_|TYPE_)/,
  /_MOST_/,
];
const BYTES =
  /_SCALE$|_PRECISION$|_SIDE$|_TYPE$|_STATUS$|_MARGINABLE$|_INDEX$|_SYSTEM$|_PLANNED$|_EMERGENCY$|_REASON$|_EVENT$|_LENGTH$|_BIDS$|_ASKS$|_CHECK$|_STATE$/;

function bytesOf(name: string): number {
  if (name === 'ORDER_ID') return krakenLayout.ORDER_ID_MOST_BYTES;
  if (name === 'BOOK_RECORD_LEVELS') return 16 * krakenLayout.BOOK_RECORD_MOST_LEVELS;
  if (/_BEST_/.test(name)) return 16;
  if (BYTES.test(name)) return 1;
  if (/_PART$/.test(name)) return 2;
  if (/_TRADES$|_INTERVAL$|_LIMIT$|CHECKSUM$|_EXPECTED$|_COMPUTED$/.test(name)) return 4;
  return 8;
}

describe("Kraken's records", () => {
  it.each(['TICKER_', 'TRADE_', 'BOOK_RECORD_', 'CANDLE_', 'INSTRUMENT_', 'STATUS_', 'GAP_', 'ORDER_'])(
    'have fields %s… that do not overlap each other or the head, and fit',
    (prefix) => {
      const fields = krakenFields(prefix);
      expect(fields.length).toBeGreaterThan(3);
      const head: Field[] = [
        ['head', 0, 40],
        ['timestamp', krakenLayout.KRAKEN_TIMESTAMP, 8],
        ['symbol', krakenLayout.KRAKEN_SYMBOL, 4],
      ];
      const sorted = [...head, ...fields].toSorted(([, a], [, b]) => a - b);
      for (const [i, [name, offset, bytes]] of sorted.entries()) {
        const [next, limit] = sorted[i + 1] ?? ['the end', 256];
        expect(offset + bytes, `${name} ends before ${next} begins`).toBeLessThanOrEqual(limit);
        if (bytes <= 8 && !/_SCALES$/.test(name)) expect(offset % bytes, `${name} is aligned`).toBe(0);
      }
    },
  );

  it('say which channel they are of in their instrument', () => {
    const slots = ['TICKER', 'TRADE', 'BOOK', 'CANDLE', 'INSTRUMENT', 'ORDER', 'STATUS', 'GAP'] as const;
    expect(slots.map((slot) => NUMBERS[`SLOT_${slot}`])).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(2 ** krakenLayout.SLOT_BITS).toBe(8);
  });
});

/** What WebAssembly says of a module; TypeScript declares it only together with the browser's. */
interface Describe {
  exports(module: object): { name: string; kind: string }[];
  imports(module: object): { module: string; name: string; kind: string }[];
}

const KERNELS = [
  ['Kite', kiteKernel, kiteKernelBytes],
  ['Kraken', krakenKernel, krakenKernelBytes],
  ['Kalshi', kalshiKernel, kalshiKernelBytes],
] as const;

describe.each(KERNELS)("%s's kernel", (_, kernel, bytes) => {
  const { exports, imports } = WebAssembly.Module as unknown as Describe;

  it('exports what a lane calls, and its memory, nothing else', () => {
    const names = exports(kernel).map(({ name, kind }) => `${kind} ${name}`);
    expect(names.sort()).toEqual([
      'function attach',
      'function decode',
      'function most',
      'function refresh',
      'memory memory',
    ]);
  });

  it('imports its memory and nothing else', () => {
    expect(imports(kernel)).toEqual([{ module: 'env', name: 'memory', kind: 'memory' }]);
  });

  it('owns no byte of its memory: it has no data, no table, and nothing that runs at the start', () => {
    const [start, data, dataCount, table, element] = [8, 11, 12, 4, 9];
    const found = sections(bytes);
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

import type { SymbolTable } from '/modules/memory/symbol-table.js';
import type { Venue } from './venue.ts';

export const kraken: Venue = {
  label: 'Kraken',
  color: 'venue-kraken',
  levels: 10,
  chartLevels: 25,
  orders: false,
  check: {
    title: 'Checksum',
    matched: 'matches',
    failed: 'differs',
    givenAwayBy: 'the checksum gives it away',
    ofEachBook: true,
  },
  isSymbol: (text) => /^[A-Z0-9.]+\/[A-Z0-9.]+$/.test(text),
  async open() {
    const { KrakenViews } = await import('/modules/kraken/view.js');
    return (memory, text) => {
      // The views ask for texts and nothing else; the table itself is in the server's shared memory.
      const views = new KrakenViews(memory, { text } as SymbolTable);
      return (offset, find) => {
        const record = views.moveTo(offset);
        if (record.kind !== 'ticker') return undefined;
        const quote = find(record.symbol);
        if (!quote) return undefined;
        quote.decimals = record.bidScale ?? record.lastScale ?? quote.decimals;
        if (record.last !== undefined) quote.setLast(record.last);
        quote.change = record.changePercent;
        quote.low = record.low;
        quote.high = record.high;
        quote.volume = record.volume;
        // A side without orders is 0 there.
        quote.bid = record.bid || undefined;
        quote.ask = record.ask || undefined;
        return quote;
      };
    };
  },
};

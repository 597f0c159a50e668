import type { SymbolTable } from '/modules/memory/symbol-table.js';
import type { Venue } from './venue.ts';

/** Prices are in dollars, those of YES. */
const DECIMALS = 4;
const ONE_DOLLAR = 1;

export const kalshi: Venue = {
  label: 'Kalshi',
  color: 'venue-kalshi',
  levels: 10,
  chartLevels: 100,
  orders: false,
  check: {
    title: 'Sequence',
    matched: 'complete',
    failed: 'has a gap',
    givenAwayBy: 'the numbers give it away',
    ofEachBook: false,
  },
  isSymbol: (text) => /^[A-Z][A-Z0-9.]*-[A-Z0-9.-]+$/.test(text),
  async open() {
    const { KalshiViews } = await import('/modules/kalshi/view.js');
    return (memory, text) => {
      // The views ask for texts and nothing else; the table itself is in the server's shared memory.
      const views = new KalshiViews(memory, { text } as SymbolTable);
      return (offset, find) => {
        const record = views.moveTo(offset);
        if (record.kind !== 'ticker') return undefined;
        const quote = find(record.marketTicker);
        if (!quote) return undefined;
        quote.decimals = DECIMALS;
        if (record.price !== undefined) quote.setLast(record.price);
        quote.volume = record.volume;
        // A side without orders is at the end of the scale, where nobody can bid or ask.
        quote.bid = record.yesBid || undefined;
        quote.ask = record.yesAsk === ONE_DOLLAR ? undefined : record.yesAsk;
        return quote;
      };
    };
  },
};

import type { Venue } from './venue.ts';

export const kite: Venue = {
  label: 'Kite',
  color: 'venue-kite',
  levels: 5,
  chartLevels: 5,
  orders: true,
  check: undefined,
  isSymbol: (text) => /^\d{1,10}$/.test(text),
  async open() {
    const { TickView } = await import('/modules/kite/view.js');
    return (memory) => {
      const tick = new TickView(memory);
      return (offset, find) => {
        tick.moveTo(offset);
        const quote = find(String(tick.instrumentToken));
        if (!quote) return undefined;
        quote.decimals = Math.round(Math.log10(tick.divisor));
        quote.setLast(tick.lastPrice);
        quote.change = tick.change;
        quote.low = tick.low;
        quote.high = tick.high;
        quote.volume = tick.volumeTraded;
        if (tick.mode === 'full' && tick.tradable) {
          quote.bid = tick.bidPrice(0);
          quote.ask = tick.askPrice(0);
        }
        return quote;
      };
    };
  },
};

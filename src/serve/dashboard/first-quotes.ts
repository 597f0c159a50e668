import { EventStream } from './api.ts';
import type { BookUpdate } from './api-types.ts';
import type { Quote } from './quote.ts';

/** Symbols that say nothing by then are waited for no longer, ms. */
const PATIENCE = 5000;

interface Snapshot extends BookUpdate {
  readonly venue: string;
  readonly symbol: string;
  readonly bid: string | null;
  readonly ask: string | null;
  readonly volume: string | null;
}

/** What was so before the page was opened: of a quiet market no record comes for long. */
export function readFirstQuotes(
  count: number,
  find: (venue: string, symbol: string) => Quote | undefined,
  onQuote: (quote: Quote) => void,
): void {
  let left = count;
  const stop = () => {
    clearTimeout(timer);
    stream.close();
  };
  const stream = new EventStream('/stream?symbols=*', {
    snapshot: (snapshot: Snapshot) => {
      const quote = find(snapshot.venue, snapshot.symbol);
      // What a record has said since is newer.
      if (quote && quote.last === undefined && snapshot.last !== null) {
        fill(quote, snapshot);
        onQuote(quote);
      }
      left -= 1;
      if (left === 0) stop();
    },
  });
  const timer = setTimeout(stop, PATIENCE);
}

function fill(quote: Quote, { last, changePercent, bid, ask, volume }: Snapshot): void {
  const price = bid ?? last!;
  quote.decimals = price.includes('.') ? price.length - price.indexOf('.') - 1 : 0;
  quote.last = numberOf(last);
  quote.change = numberOf(changePercent);
  quote.bid = numberOf(bid);
  quote.ask = numberOf(ask);
  quote.volume = numberOf(volume);
}

function numberOf(text: string | null): number | undefined {
  return text === null ? undefined : Number(text);
}

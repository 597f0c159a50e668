import { attach, type KrakenHandle } from '../../../kraken/attachment.ts';
import type { LatestViews } from '../../../kraken/latest.ts';
import { SLOT_BITS, SLOT_TICKER } from '../../../kraken/record-layout.ts';
import type { BookView, KrakenRecord, TickerView } from '../../../kraken/view.ts';
import { Arena } from '../../../memory/arena.ts';
import { bookReading, exactFields, levelsOf } from '../book-reading.ts';
import type { VenueReading } from '../venue-reading.ts';
import type { RecordObject } from '../venue-records.ts';

/** A Kraken feed, by its handle. */
export function openKrakenReading(handle: unknown): VenueReading {
  const attachment = attach(handle as KrakenHandle);
  return bookReading({
    venue: 'kraken',
    checkedBy: 'checksum',
    arenas: attachment.handle.arenas.map((arena) => Arena.attach(arena)),
    slotBits: SLOT_BITS,
    tickerSlot: SLOT_TICKER,
    channels: ['ticker', 'trade', 'book', 'ohlc', 'instrument'],
    ticker(symbol) {
      let into: TickerView | undefined;
      return () => {
        const ticker = attachment.latest('ticker', symbol, { into });
        if (!ticker) return undefined;
        into = ticker;
        const { lastText: last, changePercentText: changePercent, volumeText: volume } = ticker;
        return { last, changePercent, volume, timestamp: ticker.timestamp, receivedAt: ticker.receivedAt };
      };
    },
    record(channel, symbol) {
      const view = attachment.latest(channel as keyof LatestViews, symbol);
      return view && recordObject(view);
    },
  });
}

/** A record as the server and the commands tell it: decimals are text. */
export function recordObject(view: KrakenRecord): RecordObject {
  const { receivedAt, connection, epoch } = view;
  const fields = view.kind === 'book' ? bookFields(view) : exactFields(view);
  return { venue: 'kraken', kind: view.kind, ...fields, receivedAt, connection, epoch };
}

function bookFields(view: BookView): Record<string, unknown> {
  return {
    ...view.toObject(),
    timestamp: view.timestamp ?? null,
    checksum: view.checksum ?? null,
    bestBid: view.bestBidText ?? null,
    bestAsk: view.bestAskText ?? null,
    bids: levelsOf(view.bids, view.bids.length),
    asks: levelsOf(view.asks, view.asks.length),
  };
}

import { attach, type KalshiHandle } from '../../../kalshi/attachment.ts';
import type { LatestViews } from '../../../kalshi/latest.ts';
import type { Levels } from '../../../kalshi/levels.ts';
import { SLOT_BITS, SLOT_TICKER } from '../../../kalshi/record-layout.ts';
import type { BookView, KalshiRecord, TickerView } from '../../../kalshi/view.ts';
import { Arena } from '../../../memory/arena.ts';
import { bookReading, exactFields } from '../book-reading.ts';
import type { Level, VenueReading } from '../venue-reading.ts';
import type { RecordObject } from '../venue-records.ts';

/** A Kalshi feed, by its handle. Its books are served as they lie in memory: bids and asks of YES, in dollars. */
export function openKalshiReading(handle: unknown): VenueReading {
  const attachment = attach(handle as KalshiHandle);
  return bookReading({
    venue: 'kalshi',
    checkedBy: 'sequence',
    arenas: attachment.handle.arenas.map((arena) => Arena.attach(arena)),
    slotBits: SLOT_BITS,
    tickerSlot: SLOT_TICKER,
    channels: ['ticker', 'trade', 'book'],
    ticker(market) {
      let into: TickerView | undefined;
      return () => {
        const ticker = attachment.latest('ticker', market, { into });
        if (!ticker) return undefined;
        into = ticker;
        const { priceText: last, volumeText: volume, timestamp, receivedAt } = ticker;
        return { last, changePercent: undefined, volume, timestamp, receivedAt };
      };
    },
    record(channel, market) {
      const view = attachment.latest(channel as keyof LatestViews, market);
      return view && recordObject(view);
    },
  });
}

/** A record as the server and the commands tell it: decimals are text. */
export function recordObject(view: KalshiRecord): RecordObject {
  const { marketTicker: symbol, receivedAt, connection, epoch } = view;
  const fields = view.kind === 'book' ? bookFields(view) : exactFields(view);
  return { venue: 'kalshi', kind: view.kind, symbol, ...fields, receivedAt, connection, epoch };
}

function bookFields(view: BookView): Record<string, unknown> {
  return { ...exactFields(view), yes: levelsOf(view.yes), no: levelsOf(view.no) };
}

function levelsOf(levels: Levels): Level[] {
  return Array.from({ length: levels.length }, (_, level) => [
    levels.priceText(level),
    levels.sizeText(level),
  ]);
}

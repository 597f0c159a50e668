import type { RecordObject } from '../../serve/venues/venue-records.ts';

/** How records are written. */
export interface StreamFormat {
  /** Before everything else; with its line's end. */
  readonly head: string;
  /**
   * @param lagged records of the venue that were lost just before this one
   * @returns a line, with its end; two, where losses have one of their own
   */
  line(record: RecordObject, lagged: number): string;
  /** Losses behind which no record came. */
  losses(venue: string, lagged: number): string;
}

/** A record a line; losses are lines of their own, where they happened: `{"kind":"lagged","venue":"kite","missed":12}`. */
const ndjson: StreamFormat = {
  head: '',
  line(record, lagged) {
    const losses = lagged > 0 ? ndjson.losses(String(record.venue), lagged) : '';
    return `${losses}${JSON.stringify(record)}\n`;
  },
  losses: (venue, lagged) => `${JSON.stringify({ kind: 'lagged', venue, missed: lagged })}\n`,
};

/** A column, and the fields that it is filled from: the first that a record has. */
interface CsvColumn {
  readonly title: string;
  readonly from: readonly string[];
  /** Says something of a trade: records of books have other things under these names. */
  readonly ofTrade?: true;
}

/** What records of all kinds and venues have in common. Where bids and asks are levels, the best of them. */
const COLUMNS: readonly CsvColumn[] = [
  { title: 'receivedAt', from: ['receivedAt'] },
  { title: 'venue', from: ['venue'] },
  { title: 'symbol', from: ['symbol'] },
  { title: 'kind', from: ['kind'] },
  { title: 'last', from: ['last', 'lastPrice', 'price', 'yesPrice', 'close'], ofTrade: true },
  { title: 'quantity', from: ['quantity', 'lastTradedQuantity', 'count', 'lastSize'], ofTrade: true },
  { title: 'side', from: ['side', 'takerSide'], ofTrade: true },
  { title: 'bid', from: ['bid', 'bestBid', 'yesBid'] },
  { title: 'bidQuantity', from: ['bidQuantity', 'bestBidQuantity', 'yesBidSize'] },
  { title: 'ask', from: ['ask', 'bestAsk', 'yesAsk'] },
  { title: 'askQuantity', from: ['askQuantity', 'bestAskQuantity', 'yesAskSize'] },
  { title: 'volume', from: ['volume', 'volumeTraded'] },
  { title: 'timestamp', from: ['timestamp', 'exchangeTimestamp'] },
  { title: 'epoch', from: ['epoch'] },
];

/** The columns that fields of the best levels go to. */
const BEST: Readonly<Record<string, readonly [side: 'bids' | 'asks', place: 0 | 1]>> = {
  bid: ['bids', 0],
  bidQuantity: ['bids', 1],
  ask: ['asks', 0],
  askQuantity: ['asks', 1],
};

const csv: StreamFormat = {
  head: `${[...COLUMNS.map(({ title }) => title), 'lagged'].join(',')}\n`,
  line(record, lagged) {
    const fields = COLUMNS.map((column) => quoted(fieldOf(column, record)));
    return `${fields.join(',')},${lagged}\n`;
  },
  losses(venue, lagged) {
    const fields = COLUMNS.map(({ title }) =>
      title === 'venue' ? quoted(venue) : title === 'kind' ? 'lagged' : '',
    );
    return `${fields.join(',')},${lagged}\n`;
  },
};

export const FORMATS = { ndjson, csv } as const satisfies Record<string, StreamFormat>;

export type FormatName = keyof typeof FORMATS;

function fieldOf({ title, from, ofTrade }: CsvColumn, record: RecordObject): unknown {
  if (ofTrade && record.kind === 'book') return undefined;
  const field = from.find((name) => record[name] !== undefined && record[name] !== null);
  if (field !== undefined) return record[field];
  const best = BEST[title];
  // Of records that are changes of a book, levels are what changed, not the best.
  if (!best || 'bestBid' in record) return undefined;
  const levels = record[best[0]] as readonly (readonly unknown[])[] | undefined;
  return levels?.[0]?.[best[1]];
}

/** RFC 4180. */
function quoted(value: unknown): string {
  if (value === undefined || value === null) return '';
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

import type { LatestChannels } from '../memory/latest-records.ts';
import { SLOT_BOOK, SLOT_TICKER, SLOT_TRADE } from './record-layout.ts';
import { BookView, TickerView, TradeView } from './view.ts';

/** What the newest record of a channel is. Of `book`, the last message's last part. */
export interface LatestViews {
  ticker: TickerView;
  trade: TradeView;
  book: BookView;
}

export const LATEST_CHANNELS: LatestChannels<LatestViews> = {
  ticker: { slot: SLOT_TICKER, View: TickerView },
  trade: { slot: SLOT_TRADE, View: TradeView },
  book: { slot: SLOT_BOOK, View: BookView },
};

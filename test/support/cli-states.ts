/** What the terminal views show, made up. */

import {
  type BookState,
  type Depth,
  type Line,
  lineText,
  type Quote,
  type TopState,
  type VenueFigures,
  type WatchRow,
} from './cli-internals.ts';

export const FIGURES: VenueFigures = {
  venue: 'kraken',
  simulated: true,
  status: 'ok',
  reasons: [],
  connections: [{ name: 'public', state: 'subscribed' }],
  recordsPerSecond: 12_345,
  bytesPerSecond: 2_500_000,
  published: { p50: 12, p99: 80 },
  read: { count: 5, p50: 40, p99: 1500 },
  lag: 3,
  lost: 0,
  rejected: 0,
};

export function quote(symbol: string, more: Partial<Quote> = {}): Quote {
  return {
    venue: 'kraken',
    symbol,
    state: 'live',
    trusted: true,
    bid: '99.5',
    bidQuantity: '1.50',
    ask: '100.5',
    askQuantity: '2.00',
    spread: '1.0',
    last: '100.0',
    changePercent: '1.25',
    volume: '1234.5',
    asOf: 1,
    receivedAt: 1,
    ...more,
  };
}

export function row(symbol: string, more: Partial<Quote> = {}, changesPerSecond = 0): WatchRow {
  return { venue: 'kraken', symbol, name: null, quote: quote(symbol, more), changesPerSecond, moved: 0 };
}

export function topState(more: Partial<TopState> = {}): TopState {
  return {
    at: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
    venues: [FIGURES],
    rows: [row('BTC/USD'), row('ETH/USD', { changePercent: '-0.50' })],
    sorting: { by: 'symbol', reversed: false },
    only: undefined,
    scrolled: 0,
    paused: false,
    help: false,
    notice: undefined,
    ...more,
  };
}

export const texted = (lines: readonly Line[], columns = 200) =>
  lines.map((line) => lineText(line, columns, false));

export function bookState(more: Partial<Depth> = {}): BookState {
  const depth: Depth = {
    ...quote('BTC/USD'),
    check: { by: 'checksum', state: 'matched', expected: 42, computed: 42 },
    epoch: 1,
    goodUntil: 1,
    mid: '100.00',
    spreadBps: 100,
    bids: [
      ['99.5', '1.50'],
      ['99.0', '0.25'],
    ],
    asks: [
      ['100.5', '0.10'],
      ['101.0', '0.20'],
    ],
    ...more,
  };
  return {
    at: 0,
    name: null,
    checkedBy: 'checksum',
    depth,
    changesPerSecond: 3,
    venue: FIGURES,
    paused: false,
    notice: undefined,
  };
}

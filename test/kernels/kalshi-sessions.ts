/** Random days on a connection: several subscriptions with several markets each, and all that may go wrong with them. */

import fc from 'fast-check';
import { parseTree, writeTree } from './json-tree.ts';
import { ANY_STYLE } from './kalshi-messages.ts';
import { randomFrom } from './kraken-sessions.ts';

/** A text frame, or that the connection is opened anew. */
export type Frame = { readonly text: string } | 'reset';

const MARKETS = ['KXA-26OCT09-T1', 'KXB-26OCT09-A-LONGER-ONE-T119999.99', 'KXC', 'KXD-26'];
const SIDS = [1, 2, 3];

const eventArbitrary = fc.record({
  kind: fc.constantFrom(
    ...['delta', 'delta', 'delta', 'delta', 'delta', 'delta', 'snapshot', 'snapshot', 'trade', 'ticker'],
    ...[
      'ok',
      'other',
      'lose',
      'repeat',
      'unsubscribed',
      'ended',
      'subscribed',
      'unusable',
      'malformed',
      'reset',
    ],
  ),
  sid: fc.constantFrom(...SIDS),
  market: fc.nat(MARKETS.length - 1),
  side: fc.constantFrom('yes', 'no'),
  // Few prices, so that levels meet.
  price: fc.nat(6),
  change: fc.integer({ min: -300, max: 900 }),
  levels: fc.array(fc.tuple(fc.nat(6), fc.nat(3)), { maxLength: 9 }),
  split: fc.nat(9),
  seed: fc.integer(),
});

type Event = typeof eventArbitrary extends fc.Arbitrary<infer T> ? T : never;

function decimal(units: number, decimals: number): string {
  const digits = String(Math.abs(units)).padStart(decimals + 1, '0');
  return `${units < 0 ? '-' : ''}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

function row([price, count]: readonly [number, number]): [string, string] {
  return [decimal(price * 1605, 4), decimal(count * 125, 2)];
}

/** The message of an event, without its number; undefined for none. */
function messageOf(event: Event): Record<string, unknown> | undefined {
  const { kind, sid, side, levels, split } = event;
  const market_ticker = MARKETS[event.market]!;
  switch (kind) {
    case 'delta':
      return {
        type: 'orderbook_delta',
        sid,
        msg: {
          market_ticker,
          price_dollars: decimal(event.price * 1605, 4),
          delta_fp: decimal(event.change, 2),
          side,
          ts_ms: 1_791_234_567_000 + event.change,
        },
      };
    case 'snapshot':
      return {
        type: 'orderbook_snapshot',
        sid,
        msg: {
          market_ticker,
          yes_dollars_fp: levels.slice(0, split).map(row),
          ...(split < levels.length && { no_dollars_fp: levels.slice(split).map(row) }),
        },
      };
    case 'trade':
      return { type: 'trade', sid, msg: { market_ticker, yes_price_dollars: '0.5', count_fp: '1' } };
    case 'ok':
      return {
        type: 'ok',
        id: 5,
        sid,
        msg: { market_tickers: MARKETS.filter((_, i) => ((split >> i) & 1) === 1) },
      };
    case 'other':
      return { type: 'event_lifecycle', sid, msg: { event_ticker: 'KXA' } };
    case 'unusable':
      return {
        type: 'orderbook_delta',
        sid,
        msg: { market_ticker, price_dollars: '1.2', delta_fp: '1', side },
      };
    case 'unsubscribed':
      return { type: 'unsubscribed', id: 6, sid };
    case 'ended':
      return { type: 'error', sid, msg: { code: [10, 25, 14][split % 3], msg: '' } };
    default:
      return undefined;
  }
}

function framesOf(events: readonly Event[]): Frame[] {
  let next = new Map(SIDS.map((sid) => [sid, 1]));
  const frames: Frame[] = [];
  for (const event of events) {
    const random = randomFrom(event.seed);
    const push = (message: Record<string, unknown>) =>
      frames.push({ text: writeTree(parseTree(JSON.stringify(message)), { ...ANY_STYLE, random }) });
    const { kind, sid } = event;
    if (kind === 'reset') {
      // Not too often: what is learned in between is the point.
      if (random() < 0.2) {
        frames.push('reset');
        next = new Map(SIDS.map((each) => [each, 1]));
      }
    } else if (kind === 'lose') {
      next.set(sid, next.get(sid)! + 1 + (event.split % 3));
    } else if (kind === 'repeat') {
      next.set(sid, Math.max(1, next.get(sid)! - 1));
    } else if (kind === 'malformed') {
      frames.push({ text: '{"type":"orderbook_delta","sid":1,"seq":' });
    } else if (kind === 'ticker') {
      push({ type: 'ticker', sid: 9, msg: { market_ticker: MARKETS[event.market], price_dollars: '0.5' } });
    } else if (kind === 'subscribed') {
      push({ type: 'subscribed', id: 7, msg: { channel: 'orderbook_delta', sid } });
    } else {
      const seq = next.get(sid)!;
      next.set(sid, seq + 1);
      push({ ...messageOf(event), seq });
    }
  }
  return frames;
}

export const dayArbitrary: fc.Arbitrary<Frame[]> = fc
  .array(eventArbitrary, { minLength: 1, maxLength: 60 })
  .map(framesOf);

import type { OpenVenueFeed } from './venue-feed.ts';

/** Every venue that can be served; loaded when it is called for. */
export const FEEDS: Readonly<Record<string, () => Promise<OpenVenueFeed>>> = {
  kite: async () => (await import('./kite/feed.ts')).openKiteFeed,
  kraken: async () => (await import('./kraken/feed.ts')).openKrakenFeed,
  kalshi: async () => (await import('./kalshi/feed.ts')).openKalshiFeed,
};

export const VENUES: readonly string[] = Object.keys(FEEDS);

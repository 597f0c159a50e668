import type { KiteFeedOptions } from './options.ts';

/** Plain option objects to spread: `new KiteFeed({ ...presets.production, apiKey, accessToken })`. */
export const presets = {
  /** Fails early and says so soon: few attempts, short waits, staleness after a few seconds. */
  development: {
    reconnect: { initialDelay: 200, maxDelay: 2_000, maxAttempts: 5 },
    handshakeTimeout: 5_000,
    staleAfter: 10_000,
  },
  /** Never gives up, spreads its attempts, and has room for a reader that is held up for a while. */
  production: {
    reconnect: { initialDelay: 500, maxDelay: 60_000, maxAttempts: Number.POSITIVE_INFINITY },
    frameRingBytes: 2 ** 23,
    recordSlots: 2 ** 16,
    staleAfter: 60_000,
  },
} as const satisfies Record<string, KiteFeedOptions>;

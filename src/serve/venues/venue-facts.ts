import { KALSHI_URL } from '../../kalshi/protocol.ts';
import { KITE_URL } from '../../kite/protocol.ts';
import { KRAKEN_URL } from '../../kraken/protocol.ts';
import { KITE_NAMES } from './kite/names.ts';

/** What commands say of a venue before it is opened. */
export interface VenueFacts {
  /** Where the real service listens. */
  readonly url: string;
  /** Of the environment, for the real service. */
  readonly credentials: readonly string[];
  /** How it is known whether a book is right; undefined: each message is the whole book. */
  readonly checkedBy: 'checksum' | 'sequence' | undefined;
  /** How its symbols look, for whoever names one without the venue. */
  readonly pattern: RegExp;
  /** Such a symbol, for messages. */
  readonly example: string;
  /** What people call a symbol whose own name says little. */
  readonly names: ReadonlyMap<string, string>;
  /** Symbols of the real service, if none are named. Empty: they have to be. */
  readonly wellKnown: readonly string[];
}

export const VENUE_FACTS: Readonly<Record<string, VenueFacts>> = {
  kite: {
    url: KITE_URL,
    credentials: ['KITE_API_KEY', 'KITE_ACCESS_TOKEN'],
    checkedBy: undefined,
    pattern: /^\d{1,10}$/,
    example: '408065',
    names: new Map(Array.from(KITE_NAMES, ([token, name]) => [name, String(token)])),
    wellKnown: Array.from(KITE_NAMES.keys(), String),
  },
  kraken: {
    url: KRAKEN_URL,
    credentials: [],
    checkedBy: 'checksum',
    pattern: /^[^\s/]+\/[^\s/]+$/,
    example: 'BTC/USD',
    names: new Map(),
    wellKnown: ['BTC/USD', 'ETH/USD', 'SOL/USD', 'XRP/USD', 'DOGE/USD', 'ADA/USD', 'LTC/USD', 'LINK/USD'],
  },
  kalshi: {
    url: KALSHI_URL,
    credentials: ['KALSHI_API_KEY_ID', 'KALSHI_PRIVATE_KEY_PATH'],
    checkedBy: 'sequence',
    pattern: /^[A-Z][A-Z0-9.-]*-[A-Z0-9.-]+$/,
    example: 'KXBTCD-26OCT0917-T72749.99',
    names: new Map(),
    wellKnown: [],
  },
};

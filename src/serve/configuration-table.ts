import { LOG_LEVELS } from './options.ts';

/** What a setting's value is. `venues` ones may be given for each venue: `[VENUE:]VALUE`. */
export type SettingType =
  | { readonly kind: 'flag' }
  | { readonly kind: 'text' }
  | { readonly kind: 'list' }
  | { readonly kind: 'choice'; readonly choices: readonly string[] }
  | { readonly kind: 'number'; readonly low: number; readonly high: number }
  | { readonly kind: 'venue-list' }
  | { readonly kind: 'venue-text' }
  | { readonly kind: 'venue-number'; readonly low: number; readonly high: number; readonly max?: boolean };

export interface Setting {
  readonly type: SettingType;
  /** How its value is written in the help. */
  readonly value?: string;
  readonly help: string;
}

const MOST_MS = 2 ** 31 - 1;

function number(low: number, high: number) {
  return { kind: 'number', low, high } as const;
}

const FLAG = { kind: 'flag' } as const;
const TEXT = { kind: 'text' } as const;
const LIST = { kind: 'list' } as const;

/** Every setting, by its flag. In the environment it is `TICKRING_` and its name in capitals, in files its name. */
export const SETTINGS = {
  venue: { type: LIST, value: 'A,B', help: 'venues to serve: kite, kraken, kalshi (default: all)' },
  sim: { type: FLAG, help: 'from simulators (default)' },
  live: {
    type: FLAG,
    help: 'from the real services. In the environment: KITE_API_KEY and KITE_ACCESS_TOKEN; KALSHI_API_KEY_ID and KALSHI_PRIVATE_KEY_PATH',
  },
  symbols: {
    type: { kind: 'venue-list' },
    value: '[VENUE:]A,B',
    help: 'what to subscribe to; may be given for each venue (default: what the simulator has, at most 300)',
  },
  rate: {
    type: { kind: 'venue-number', low: 0, high: 1e9, max: true },
    value: '[VENUE:]N|max',
    help: 'market events a second of the simulators (default: kite 5000, kraken 1000, kalshi 200)',
  },
  depth: {
    type: { kind: 'venue-number', low: 1, high: 1000 },
    value: '[VENUE:]N',
    help: 'levels a side of books: kraken has 10, 25, 100, 500, 1000 (default 25)',
  },
  url: { type: { kind: 'venue-text' }, value: '[VENUE:]URL', help: 'with --live: where the service listens' },
  host: { type: TEXT, value: 'NAME', help: 'address to listen on (default 127.0.0.1)' },
  port: { type: number(0, 65_535), value: 'N', help: 'TCP port; 0 for any free one (default 3000)' },
  token: {
    type: TEXT,
    value: 'TOKEN',
    help: 'bearer token that clients must have; better in TICKRING_TOKEN or a file',
  },
  'tls-cert': { type: TEXT, value: 'FILE', help: 'certificate, PEM: serves https; needs --tls-key' },
  'tls-key': { type: TEXT, value: 'FILE', help: 'its key, PEM' },
  cors: {
    type: LIST,
    value: 'ORIGIN,…',
    help: 'origins of other pages that may read answers; * for any (default: none)',
  },
  'allow-host': {
    type: LIST,
    value: 'NAME,…',
    help: 'names that this server answers to besides localhost and addresses, without a token',
  },
  'trust-proxy': { type: FLAG, help: 'a proxy in front tells who clients are (X-Forwarded-For)' },
  'rate-limit': { type: number(1, 1e6), value: 'N', help: 'requests a second of each client (default 100)' },
  'rate-burst': { type: number(1, 1e6), value: 'N', help: 'and at once (default 300)' },
  'max-streams': {
    type: number(0, 1e6),
    value: 'N',
    help: 'open streams, of events and of records each (default 2000)',
  },
  interval: { type: number(1, 60_000), value: 'MS', help: 'between updates of streams (default 50)' },
  'keep-alive': {
    type: number(100, MOST_MS),
    value: 'MS',
    help: 'between comments on idle streams (default 15000)',
  },
  'client-buffer': {
    type: number(65_536, 2 ** 30),
    value: 'BYTES',
    help: 'what may wait for a stream that does not read (default 262144)',
  },
  'client-timeout': { type: number(100, MOST_MS), value: 'MS', help: 'then it is cut off (default 30000)' },
  'allow-subscriptions': { type: FLAG, help: 'clients may subscribe and unsubscribe' },
  allow: { type: LIST, value: 'PATTERN,…', help: 'only to these, as BTC/* (default: anything)' },
  'max-subscriptions': { type: number(1, 100_000), value: 'N', help: 'symbols of a venue (default 3000)' },
  faults: { type: FLAG, help: 'clients may have simulators do what goes wrong' },
  shutdown: { type: number(100, 600_000), value: 'MS', help: 'how long a shutdown may take (default 5000)' },
  'log-level': {
    type: { kind: 'choice', choices: LOG_LEVELS },
    value: 'LEVEL',
    help: `${LOG_LEVELS.join(', ')}: JSON lines on stderr (default info)`,
  },
} as const satisfies Readonly<Record<string, Setting>>;

export type SettingName = keyof typeof SETTINGS;

/** Lines of the help. */
export function settingLines(): string {
  return Object.entries(SETTINGS as Readonly<Record<string, Setting>>)
    .map(
      ([name, { value, help }]) =>
        `  ${`--${name}${value === undefined ? '' : ` ${value}`}`.padEnd(30)} ${help}`,
    )
    .join('\n');
}

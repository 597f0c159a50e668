import { ArgumentError } from '../../errors.ts';
import { type KalshiKey, type ResolvedKey, resolveKey } from './keys.ts';

/** Options of the Kalshi simulator. All have defaults. */
export interface KalshiSimulatorOptions {
  /** TCP port on 127.0.0.1. Default 0: any free one, see `url`. */
  readonly port?: number;
  /**
   * Market events a second, over all markets that somebody watches. 0: only what `step` makes. `Infinity`: as many as the
   * sockets take. Default 200.
   */
  readonly rate?: number;
  /** Same seed, same markets. Default 1. */
  readonly seed?: number;
  /** Markets of the universe. Default 200. */
  readonly markets?: number;
  /** Keys that are let in. Default: a new Ed25519 key, see `credentials`. */
  readonly keys?: readonly KalshiKey[];
  /** Lets in who does not sign, for the public channels only. Default off, as the service has it now. */
  readonly allowUnsigned?: boolean;
  /** ms that the timestamp of a signature may be off. Default 10,000. The service's own is not documented. */
  readonly timestampSkew?: number;
  /** Connections of one user. Default 200, as the service has it. */
  readonly maxConnections?: number;
  /** Markets of one subscription, beyond which a command gets error 26. Default 500,000. */
  readonly maxMarkets?: number;
  /** Commands a second on one connection, beyond which they get error 27. Default 10,000, as the service has it. */
  readonly maxCommands?: number;
  /** ms between pings. A connection that has not answered two of them is cut. Default 10,000, as the service has it. */
  readonly pingInterval?: number;
  /** Bytes that may wait for a slow client before its subscriptions end with error 25. Default 16 MiB. */
  readonly sendQueueBytes?: number;
  /**
   * After so many market events something else happens: an order, a quote, a market's life, an index value. 0: only what
   * `act` makes. Default 20.
   */
  readonly actEvery?: number;
  /** Market events in total, after which `rate` makes no more and 'finished' is emitted. Default: no limit. */
  readonly stepLimit?: number;
  /** The wire as it was on a day, `YYYY-MM-DD`, or with all that came in a month, `YYYY-MM`. Default `2026-10`. */
  readonly era?: string;
  /** What subscribes have that do not say `use_yes_price`. Default off; the service is to turn it on one day. */
  readonly yesPriceDefault?: boolean;
  /** Compresses when the client offers it. Default: as the service does in that era. */
  readonly compression?: boolean;
  /** The exchange's clock starts here, ms since the epoch, and moves with events. Default: the system's clock. */
  readonly startTime?: number;
  /** ms by which a clock that has a `startTime` moves with each event. Default 1. */
  readonly stepTime?: number;
}

type Optional = 'startTime' | 'compression';

/** The options with their defaults, checked. */
export type ResolvedOptions = Required<Omit<KalshiSimulatorOptions, Optional | 'keys'>> & {
  readonly [Name in Optional]: KalshiSimulatorOptions[Name] | undefined;
} & { readonly keys: readonly ResolvedKey[] };

/**
 * @param fallbackKey the key that is let in when the options name none
 * @throws ArgumentError
 */
export function resolveOptions(
  options: KalshiSimulatorOptions,
  fallbackKey: () => KalshiKey,
): ResolvedOptions {
  const resolved: ResolvedOptions = {
    port: options.port ?? 0,
    rate: options.rate ?? 200,
    seed: options.seed ?? 1,
    markets: options.markets ?? 200,
    keys: (options.keys ?? [fallbackKey()]).map(resolveKey),
    allowUnsigned: options.allowUnsigned ?? false,
    timestampSkew: options.timestampSkew ?? 10_000,
    maxConnections: options.maxConnections ?? 200,
    maxMarkets: options.maxMarkets ?? 500_000,
    maxCommands: options.maxCommands ?? 10_000,
    pingInterval: options.pingInterval ?? 10_000,
    sendQueueBytes: options.sendQueueBytes ?? 16 * 1024 * 1024,
    actEvery: options.actEvery ?? 20,
    stepLimit: options.stepLimit ?? Number.POSITIVE_INFINITY,
    era: options.era ?? '2026-10',
    yesPriceDefault: options.yesPriceDefault ?? false,
    compression: options.compression,
    startTime: options.startTime,
    stepTime: options.stepTime ?? 1,
  };
  integer('port', resolved.port, 0, 0xffff);
  integer('seed', resolved.seed, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  integer('markets', resolved.markets, 1, 100_000);
  integer('maxConnections', resolved.maxConnections, 0, Number.MAX_SAFE_INTEGER);
  integer('maxMarkets', resolved.maxMarkets, 1, Number.MAX_SAFE_INTEGER);
  integer('maxCommands', resolved.maxCommands, 1, Number.MAX_SAFE_INTEGER);
  integer('pingInterval', resolved.pingInterval, 1, 2 ** 31 - 1);
  integer('sendQueueBytes', resolved.sendQueueBytes, 1, Number.MAX_SAFE_INTEGER);
  integer('actEvery', resolved.actEvery, 0, Number.MAX_SAFE_INTEGER);
  if (resolved.stepLimit !== Number.POSITIVE_INFINITY) {
    integer('stepLimit', resolved.stepLimit, 0, Number.MAX_SAFE_INTEGER);
  }
  for (const name of ['rate', 'timestampSkew', 'stepTime'] as const) {
    if (!(resolved[name] >= 0)) throw new ArgumentError(`${name} must be 0 or more, not ${resolved[name]}`);
  }
  if (resolved.startTime !== undefined && !(resolved.startTime >= 0 && resolved.startTime < 2 ** 32 * 1000)) {
    throw new ArgumentError(`startTime must be ms since the epoch, before 2106, not ${resolved.startTime}`);
  }
  return resolved;
}

function integer(name: string, value: number, low: number, high: number): void {
  if (Number.isInteger(value) && value >= low && value <= high) return;
  throw new ArgumentError(`${name} must be an integer from ${low} to ${high}, not ${value}`);
}

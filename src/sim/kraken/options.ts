import { ArgumentError } from '../../errors.ts';

/** An API key that is let in. */
export interface KrakenCredentials {
  readonly apiKey: string;
  /** base64, as Kraken hands it out. */
  readonly secret: string;
  /** Whether the key may use WebSockets. Default true. */
  readonly hasPermission?: boolean;
}

/** Options of the Kraken simulator. All have defaults. */
export interface KrakenSimulatorOptions {
  /** TCP port on 127.0.0.1. Default 0: any free one, see `url`. */
  readonly port?: number;
  /**
   * Market events a second, over all pairs that somebody subscribed to; in a replay, frames a second on each connection.
   * `Infinity`: as many as the sockets take. 0: only those that `step()` asks for. Default 1,000.
   */
  readonly rate?: number;
  /** Account events a second, over all accounts that somebody listens to. 0: only with `stepAccounts()`. Default 1. */
  readonly accountRate?: number;
  /** Same seed, same market. Default 1. */
  readonly seed?: number;
  /** Pairs. The first 19 are real ones, the rest generated. Default 40. */
  readonly instruments?: number;
  /** API keys that are let in. Default `demo` with the secret `KRAKEN_DEMO_SECRET`. */
  readonly credentials?: readonly KrakenCredentials[];
  /** ms between heartbeats on a connection that has subscribed to anything. 0: only with `heartbeat()`. Default 1,000. */
  readonly heartbeatInterval?: number;
  /** ms after which a connection without subscriptions and requests is closed. 0: never. Default 60,000. */
  readonly idleTimeout?: number;
  /** ms within which a token must be used. Default 900,000. */
  readonly tokenLifetime?: number;
  /** ms from an ack to its snapshot. Default 0: right after it. */
  readonly snapshotDelay?: number;
  /** Requests a second, and at once, on a connection. Kraken publishes no number. Default: no limit. */
  readonly requestRate?: number;
  /** What level3 subscriptions may cost a second: 5 a symbol at depth 10, 25 at 100, 100 at 1000. Default 200. */
  readonly level3Rate?: number;
  /** Upgrades within ten minutes; what is over gets HTTP 429. Kraken's is about 150. Default: no limit. */
  readonly connectLimit?: number;
  /** Whether keys may call the REST API only so often, as Kraken has it. Default true. */
  readonly restLimit?: boolean;
  /** Bytes that may wait for a client that does not read; then it is cut off. Default 64 MiB. */
  readonly maxBufferedBytes?: number;
  /**
   * Where a simulated clock starts, ms since the epoch; it moves with market events only. Default: the system's clock.
   * With it the same requests get the same bytes.
   */
  readonly startTime?: number | undefined;
  /** ms by which the simulated clock moves with each event. Default 1. */
  readonly stepTime?: number;
  /** Remember subscriptions that have ended, see `subscriptions()`. Default false. */
  readonly keepsEnded?: boolean;
  /** Frames of a recorded session: they are played to whoever subscribes, instead of a market. */
  readonly replay?: readonly string[] | undefined;
}

/** The options with their defaults, checked. */
export type ResolvedOptions = Required<KrakenSimulatorOptions>;

/** The secret of the API key `demo`: base64 of 32 bytes. */
export const DEMO_SECRET = Buffer.from('tickring simulator, kraken, demo').toString('base64');

const MOST_MS = 2 ** 31 - 1;
const MOST_INSTRUMENTS = 10_000;

/** @throws ArgumentError */
export function resolveOptions(options: KrakenSimulatorOptions): ResolvedOptions {
  const resolved: ResolvedOptions = {
    port: options.port ?? 0,
    rate: options.rate ?? 1_000,
    accountRate: options.accountRate ?? 1,
    seed: options.seed ?? 1,
    instruments: options.instruments ?? 40,
    credentials: options.credentials ?? [{ apiKey: 'demo', secret: DEMO_SECRET }],
    heartbeatInterval: options.heartbeatInterval ?? 1_000,
    idleTimeout: options.idleTimeout ?? 60_000,
    tokenLifetime: options.tokenLifetime ?? 900_000,
    snapshotDelay: options.snapshotDelay ?? 0,
    requestRate: options.requestRate ?? Number.POSITIVE_INFINITY,
    level3Rate: options.level3Rate ?? 200,
    connectLimit: options.connectLimit ?? Number.POSITIVE_INFINITY,
    restLimit: options.restLimit ?? true,
    maxBufferedBytes: options.maxBufferedBytes ?? 64 * 1024 * 1024,
    startTime: options.startTime,
    stepTime: options.stepTime ?? 1,
    keepsEnded: options.keepsEnded ?? false,
    replay: options.replay,
  };
  integer('port', resolved.port, 0, 0xffff);
  integer('seed', resolved.seed, 0, 0xffff_ffff);
  integer('instruments', resolved.instruments, 1, MOST_INSTRUMENTS);
  for (const name of ['heartbeatInterval', 'idleTimeout', 'tokenLifetime', 'snapshotDelay'] as const) {
    integer(name, resolved[name], 0, MOST_MS);
  }
  for (const name of ['rate', 'requestRate', 'level3Rate', 'connectLimit', 'stepTime'] as const) {
    if (!(resolved[name] >= 0)) throw new ArgumentError(`${name} must be 0 or more, not ${resolved[name]}`);
  }
  if (!(resolved.accountRate >= 0 && resolved.accountRate < Number.POSITIVE_INFINITY)) {
    throw new ArgumentError(`accountRate must be 0 or more, and finite, not ${resolved.accountRate}`);
  }
  integer('maxBufferedBytes', resolved.maxBufferedBytes, 1, Number.MAX_SAFE_INTEGER);
  const { startTime } = resolved;
  if (startTime !== undefined && !(startTime >= 0 && startTime < 2 ** 42)) {
    throw new ArgumentError(`startTime must be ms since the epoch, not ${startTime}`);
  }
  return resolved;
}

function integer(name: string, value: number, low: number, high: number): void {
  if (Number.isInteger(value) && value >= low && value <= high) return;
  throw new ArgumentError(`${name} must be an integer from ${low} to ${high}, not ${value}`);
}

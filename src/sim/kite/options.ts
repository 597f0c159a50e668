import { ArgumentError } from '../../errors.ts';

/** What a client must give as `api_key` and `access_token`. */
export interface KiteCredentials {
  readonly apiKey: string;
  readonly accessToken: string;
}

/** Options of the Kite simulator. All have defaults. */
export interface KiteSimulatorOptions {
  /** TCP port on 127.0.0.1. Default 0: any free one, see `url`. */
  readonly port?: number;
  /** Ticks a second, over all connections. `Infinity`: as many as the sockets take. Default 20,000. */
  readonly rate?: number;
  /** Same seed, same market. Default 1. */
  readonly seed?: number;
  /** Most packets in one frame. Default 100. */
  readonly packetsPerFrame?: number;
  /** Instruments of the universe. Default 9,000. */
  readonly instruments?: number;
  /** Credentials that are let in. Default `demo` and `demo`. */
  readonly credentials?: readonly KiteCredentials[];
  /** ms without anything sent on a connection after which it gets a heartbeat. Default 1,000. */
  readonly heartbeatInterval?: number;
  /** Connections of one API key. Default 3, as Kite has it. */
  readonly maxConnections?: number;
  /** Instruments on one connection. Default 3,000, as Kite has it. */
  readonly maxInstruments?: number;
  /** Ticks in total, after which no more are produced and 'finished' is emitted. Default: no limit. */
  readonly tickLimit?: number;
  /** Where the market's clock starts, ms since the epoch. Default now. */
  readonly startTime?: number;
  /**
   * Count and hash every packet of every instrument, see `audit()`. Default off: it costs most of the speed. With
   * `'history'` it keeps four bytes more for each packet, see `auditHash()`.
   */
  readonly audit?: boolean | 'history';
}

/** The options with their defaults, checked. */
export type ResolvedOptions = Required<KiteSimulatorOptions>;

/** @throws ArgumentError */
export function resolveOptions(options: KiteSimulatorOptions): ResolvedOptions {
  const resolved: ResolvedOptions = {
    port: options.port ?? 0,
    rate: options.rate ?? 20_000,
    seed: options.seed ?? 1,
    packetsPerFrame: options.packetsPerFrame ?? 100,
    instruments: options.instruments ?? 9_000,
    credentials: options.credentials ?? [{ apiKey: 'demo', accessToken: 'demo' }],
    heartbeatInterval: options.heartbeatInterval ?? 1_000,
    maxConnections: options.maxConnections ?? 3,
    maxInstruments: options.maxInstruments ?? 3_000,
    tickLimit: options.tickLimit ?? Number.POSITIVE_INFINITY,
    startTime: options.startTime ?? Date.now(),
    audit: options.audit ?? false,
  };
  integer('port', resolved.port, 0, 0xffff);
  integer('packetsPerFrame', resolved.packetsPerFrame, 1, 0xffff);
  integer('heartbeatInterval', resolved.heartbeatInterval, 1, 2 ** 31 - 1);
  integer('maxConnections', resolved.maxConnections, 0, Number.MAX_SAFE_INTEGER);
  integer('maxInstruments', resolved.maxInstruments, 0, Number.MAX_SAFE_INTEGER);
  if (!(resolved.rate >= 0)) throw new ArgumentError(`rate must be 0 or more, not ${resolved.rate}`);
  if (resolved.tickLimit !== Number.POSITIVE_INFINITY) {
    integer('tickLimit', resolved.tickLimit, 0, Number.MAX_SAFE_INTEGER);
  }
  return resolved;
}

function integer(name: string, value: number, low: number, high: number): void {
  if (Number.isInteger(value) && value >= low && value <= high) return;
  throw new ArgumentError(`${name} must be an integer from ${low} to ${high}, not ${value}`);
}

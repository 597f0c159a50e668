import { readFileSync } from 'node:fs';
import { ArgumentError } from '../errors.ts';
import {
  type ByVenue,
  fromEnvironment,
  fromFile,
  fromFlags,
  type Settings,
} from './configuration-sources.ts';
import { DEFAULTS, type LogLevel, type ServeOptions } from './options.ts';
import { VENUES } from './venues/feeds.ts';
import type { VenueOptions } from './venues/venue-feed.ts';

/**
 * What is to be served: flags count before the environment, the environment before the file.
 *
 * With nothing said of what to serve, it is a first look: all simulators, with subscriptions and faults allowed.
 *
 * @returns undefined when help was asked for
 * @throws ArgumentError that names the flag, variable or key
 */
export function configure(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): ServeOptions | undefined {
  const flags = fromFlags(args);
  if (flags.help) return undefined;
  const { TICKRING_CONFIG } = environment;
  const path = flags.config ?? TICKRING_CONFIG;
  const file = path === undefined ? {} : fromFile(path);
  const fromOutside = fromEnvironment(environment);
  const settings: Settings = { ...file, ...fromOutside, ...flags.settings };
  return resolve(settings, simOrLive(flags.settings, fromOutside, file));
}

/** Of the first source that says one of the two. @throws ArgumentError for both at once */
function simOrLive(...sources: readonly Settings[]): 'sim' | 'live' | undefined {
  for (const { sim, live } of sources) {
    if (sim && live) throw new ArgumentError('sim and live exclude each other');
    if (sim) return 'sim';
    if (live) return 'live';
  }
  return undefined;
}

function resolve(settings: Settings, mode: 'sim' | 'live' | undefined): ServeOptions {
  const { venue = VENUES, symbols, rate, depth, url } = settings;
  for (const name of venue) {
    if (!VENUES.includes(name))
      throw new ArgumentError(`venue: there is no ${name}; there are: ${VENUES.join(', ')}`);
  }
  checkVenues({ symbols, rate, depth, url }, venue);
  const simulated = mode !== 'live';
  const isFirstLook = mode === undefined && settings.venue === undefined && symbols === undefined;
  const venues = Object.fromEntries(
    venue.map((name): [string, VenueOptions] => [
      name,
      {
        simulated,
        symbols: of(symbols, name),
        rate: of(rate, name),
        url: of(url, name),
        depth: of(depth, name),
      },
    ]),
  );
  if (!simulated) {
    const without = venue.find((name) => of(symbols, name) === undefined);
    if (without !== undefined)
      throw new ArgumentError(`symbols: with --live, say what to subscribe to: --symbols ${without}:A,B`);
  } else if (url !== undefined) throw new ArgumentError('url goes with --live');
  return {
    ...DEFAULTS,
    ...general(settings),
    venues,
    subscriptions: {
      enabled: settings['allow-subscriptions'] ?? isFirstLook,
      allow: settings.allow,
      limit: settings['max-subscriptions'] ?? DEFAULTS.subscriptions.limit,
    },
    faults: settings.faults ?? isFirstLook,
  };
}

function general(settings: Settings): Partial<ServeOptions> {
  const { perSecond, burst } = DEFAULTS.rateLimit;
  const given = {
    host: settings.host,
    port: settings.port,
    tls: tlsOf(settings),
    token: settings.token,
    cors: settings.cors,
    allowedHosts: settings['allow-host'],
    trustProxy: settings['trust-proxy'],
    rateLimit: { perSecond: settings['rate-limit'] ?? perSecond, burst: settings['rate-burst'] ?? burst },
    maxStreams: settings['max-streams'],
    interval: settings.interval,
    keepAlive: settings['keep-alive'],
    clientBuffer: settings['client-buffer'],
    clientTimeout: settings['client-timeout'],
    shutdown: settings.shutdown,
    logLevel: settings['log-level'] as LogLevel | undefined,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function tlsOf(settings: Settings): ServeOptions['tls'] {
  const { 'tls-cert': cert, 'tls-key': key } = settings;
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined)
    throw new ArgumentError('tls-cert and tls-key are needed together');
  return { cert: read('tls-cert', cert), key: read('tls-key', key) };
}

function read(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ArgumentError(`${name}: ${(cause as Error).message}`, { cause });
  }
}

/** What is said of this venue, or of all of them. */
function of<Value>(values: ByVenue<Value> | undefined, venue: string): Value | undefined {
  return values?.[venue] ?? values?.['*'];
}

/** What is said of a venue that is not served is a mistake. */
function checkVenues(
  settings: Readonly<Record<string, ByVenue<unknown> | undefined>>,
  venues: readonly string[],
): void {
  for (const [name, values = {}] of Object.entries(settings)) {
    const other = Object.keys(values).find((venue) => venue !== '*' && !venues.includes(venue));
    if (other !== undefined) {
      throw new ArgumentError(`${name}: ${other} is not served; there are: ${venues.join(', ')}`);
    }
    if (name === 'symbols' && '*' in values && venues.length > 1)
      throw new ArgumentError(`symbols: say of which venue: --symbols ${venues[0]}:A,B`);
  }
}

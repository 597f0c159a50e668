import { ArgumentError } from '../errors.ts';
import { VENUES } from '../serve/venues/feeds.ts';
import { VENUE_FACTS } from '../serve/venues/venue-facts.ts';
import type { VenueOptions } from '../serve/venues/venue-feed.ts';
import { numberOption } from './sim-options.ts';

/** What every command takes that has feeds of its own. */
export const VENUE_OPTIONS = {
  venue: { type: 'string', multiple: true },
  live: { type: 'boolean' },
  rate: { type: 'string' },
  depth: { type: 'string' },
  url: { type: 'string' },
} as const;

export const VENUE_HELP = `  --venue VENUE    ${VENUES.join(', ')}; may be given more than once
  --live           the real service; without, a simulator that this command starts
  --rate N|max     events a second that a simulator offers
  --depth N        levels a side of order books, where the venue lets one choose
  --url URL        with --live: where the service listens, if it is not the usual place; of one venue only`;

/** What all of their commands say of symbols. */
export const SYMBOL_HELP = `A symbol is written as its venue does: ${VENUES.map(exampleOf).join(', ')}. VENUE:SYMBOL says which one is meant.`;

export interface VenueValues {
  readonly venue?: readonly string[] | undefined;
  readonly live?: boolean | undefined;
  readonly rate?: string | undefined;
  readonly depth?: string | undefined;
  readonly url?: string | undefined;
}

/**
 * The venues that are asked for, and what of each.
 *
 * @param symbols that are named; without any, all venues that are asked for, with what they have
 * @throws ArgumentError
 */
export function chooseVenues(
  values: VenueValues,
  symbols: readonly string[] | undefined,
): Record<string, VenueOptions> {
  const asked = checkVenues(values.venue);
  const live = values.live ?? false;
  if (live && !asked && !symbols) {
    throw new ArgumentError(
      `with --live, name the venues (--venue ${VENUES.join(', ')}) or the symbols; kraken needs no key`,
    );
  }
  const bySymbol = symbols && groupByVenue(symbols, asked);
  const venues = bySymbol ? [...bySymbol.keys()] : (asked ?? VENUES);
  if (values.url !== undefined && !live) throw new ArgumentError('--url goes with --live');
  if (values.url !== undefined && venues.length > 1) {
    throw new ArgumentError(`--url is of one venue, and these are ${venues.join(' and ')}; add --venue`);
  }
  const rate = values.rate === undefined ? undefined : rateOf(values.rate);
  const depth = values.depth === undefined ? undefined : wholeOption('depth', values.depth, 1, 1000);
  return Object.fromEntries(
    venues.map((venue) => [
      venue,
      {
        simulated: !live,
        symbols: bySymbol?.get(venue) ?? (live ? wellKnownOf(venue) : undefined),
        rate,
        url: values.url,
        depth,
      },
    ]),
  );
}

/**
 * Venues as they were named: one each time, or several with commas between.
 *
 * @throws ArgumentError for one that there is not
 */
export function checkVenues(named: readonly string[] | undefined): string[] | undefined {
  const venues = named?.flatMap((names) => names.split(','));
  const unknown = venues?.find((venue) => !VENUES.includes(venue));
  if (unknown === undefined) return venues;
  throw new ArgumentError(`there is no venue '${unknown}'; there are: ${VENUES.join(', ')}`);
}

/** @throws ArgumentError */
export function wholeOption(name: string, text: string, low: number, high: number): number {
  const value = numberOption(name, text, low);
  if (Number.isInteger(value) && value >= low && value <= high) return value;
  throw new ArgumentError(`--${name} must be an integer from ${low} to ${high}, not "${text}"`);
}

/** Symbols by venue, each once. */
function groupByVenue(
  symbols: readonly string[],
  asked: readonly string[] | undefined,
): Map<string, string[]> {
  const byVenue = new Map<string, string[]>();
  for (const text of symbols) {
    const { venue, symbol } = venueOfSymbol(text, asked ?? VENUES);
    const named = byVenue.get(venue);
    if (!named) byVenue.set(venue, [symbol]);
    else if (!named.includes(symbol)) named.push(symbol);
  }
  return byVenue;
}

/** `kraken:BTC/USD`; or by one of the venues' names for it, or by its looks; or that of the only venue. */
function venueOfSymbol(text: string, venues: readonly string[]): { venue: string; symbol: string } {
  const colon = text.indexOf(':');
  if (colon > 0 && VENUES.includes(text.slice(0, colon))) {
    const venue = text.slice(0, colon);
    return { venue, symbol: symbolOf(venue, text.slice(colon + 1)) };
  }
  for (const venue of venues) {
    const symbol = VENUE_FACTS[venue]?.names.get(text.toUpperCase());
    if (symbol !== undefined) return { venue, symbol };
  }
  const [only, ...others] = venues;
  if (only !== undefined && others.length === 0) return { venue: only, symbol: text };
  const venue = venues.find((each) => VENUE_FACTS[each]?.pattern.test(text));
  if (venue !== undefined) return { venue, symbol: text };
  throw new ArgumentError(
    `${JSON.stringify(text)} does not look like a symbol of ${venues.join(', ')} (${venues.map(exampleOf).join(', ')}); add --venue`,
  );
}

function symbolOf(venue: string, text: string): string {
  return VENUE_FACTS[venue]?.names.get(text.toUpperCase()) ?? text;
}

function wellKnownOf(venue: string): readonly string[] {
  const symbols = VENUE_FACTS[venue]?.wellKnown ?? [];
  if (symbols.length > 0) return symbols;
  throw new ArgumentError(`with --live, name the symbols of ${venue}`);
}

function exampleOf(venue: string): string {
  const facts = VENUE_FACTS[venue];
  return facts ? `${facts.example} (${venue})` : venue;
}

function rateOf(text: string): number {
  const rate = text === 'max' ? Number.POSITIVE_INFINITY : numberOption('rate', text, 0);
  if (rate > 0) return rate;
  throw new ArgumentError(`--rate must be a number above 0, or max; not "${text}"`);
}

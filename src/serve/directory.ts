import type { ServedVenue } from './control.ts';
import { RequestError } from './errors.ts';
import { nearMatches } from './near-matches.ts';
import { READINGS } from './venues/readings.ts';
import { VENUE_FACTS } from './venues/venue-facts.ts';
import type { SymbolReading, VenueReading } from './venues/venue-reading.ts';

/** A venue, on the server's thread. */
export interface DirectoryVenue {
  readonly venue: string;
  readonly simulated: boolean;
  readonly connections: readonly string[];
  readonly reading: VenueReading;
  /** What is subscribed to. */
  names: ReadonlySet<string>;
}

/** A symbol that is served, and how to read it. */
export interface FoundSymbol {
  readonly venue: string;
  readonly symbol: string;
  readonly reading: SymbolReading;
}

/** So many names like it are told to who asks for one that there is not. */
const MOST_NEAR = 5;

/** What is served: venues and their symbols. */
export class Directory {
  readonly #venues = new Map<string, DirectoryVenue>();
  readonly #readings = new Map<string, Map<string, SymbolReading>>();

  /** @throws AttachError */
  static async open(served: readonly ServedVenue[]): Promise<Directory> {
    const directory = new Directory();
    for (const { venue, simulated, handle, connections, names } of served) {
      const open = await READINGS[venue]!();
      const reading = open(handle);
      directory.#venues.set(venue, { venue, simulated, connections, reading, names: new Set(names) });
      directory.#readings.set(venue, new Map());
    }
    return directory;
  }

  get venues(): readonly DirectoryVenue[] {
    return [...this.#venues.values()];
  }

  /** @throws RequestError for a venue that is not served */
  venue(name: string): DirectoryVenue {
    const venue = this.#venues.get(name);
    if (venue) return venue;
    const known = [...this.#venues.keys()];
    throw new RequestError('BAD_REQUEST', `${name} is not served; there are: ${known.join(', ')}`, {
      parameter: 'venue',
      venues: known,
    });
  }

  /** What a venue is subscribed to now; answers what it is no longer subscribed to. */
  update(name: string, names: readonly string[]): string[] {
    const venue = this.venue(name);
    const now = new Set(names);
    const gone = [...venue.names].filter((symbol) => !now.has(symbol));
    venue.names = now;
    for (const symbol of gone) this.#readings.get(name)!.delete(symbol);
    return gone;
  }

  /**
   * @param only the venue; by default the first that has the symbol
   * @throws RequestError for a venue or symbol that is not served
   */
  find(symbol: string, only?: string): FoundSymbol {
    const venues = only === undefined ? this.venues : [this.venue(only)];
    const found = venues.find(({ names }) => names.has(symbol));
    if (found) return { venue: found.venue, symbol, reading: this.#reading(found, symbol) };
    const called = new Map(venues.flatMap(calledNames));
    const all = venues.flatMap(({ names }) => [...names]);
    const like = nearMatches(symbol, [...called.keys(), ...all], MOST_NEAR);
    const near = [...new Set(like.map((name) => called.get(name) ?? name))];
    const words = like.map((name) => (called.has(name) ? `${called.get(name)} (${name})` : name));
    const hint = words.length > 0 ? `; did you mean ${words.join(', ')}?` : '';
    throw new RequestError('UNKNOWN_SYMBOL', `${symbol} is not subscribed to${hint}`, { symbol, near });
  }

  #reading({ venue, reading }: DirectoryVenue, symbol: string): SymbolReading {
    const readings = this.#readings.get(venue)!;
    let known = readings.get(symbol);
    if (!known) {
      known = reading.symbol(symbol);
      readings.set(symbol, known);
    }
    return known;
  }
}

/** What people call symbols of a venue whose own names say little, and which these are. */
function calledNames({ venue, names }: DirectoryVenue): [called: string, symbol: string][] {
  return [...(VENUE_FACTS[venue]?.names ?? [])].filter(([, symbol]) => names.has(symbol));
}

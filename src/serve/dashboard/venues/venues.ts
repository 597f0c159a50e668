import { kalshi } from './kalshi.ts';
import { kite } from './kite.ts';
import { kraken } from './kraken.ts';
import type { Venue } from './venue.ts';

/** Venues that the page knows, by the names that the server has for them. */
const VENUES: Readonly<Record<string, Venue>> = { kite, kraken, kalshi };

export function venueNamed(name: string): Venue {
  const venue = VENUES[name];
  if (!venue) throw new Error(`the dashboard knows no venue ${name}`);
  return venue;
}

export function isKnown(name: string): boolean {
  return Object.hasOwn(VENUES, name);
}

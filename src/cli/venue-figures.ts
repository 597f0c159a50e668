import type { VenueHealth } from '../serve/venues/venue-feed.ts';
import { byteRate, shortCount, shortDuration } from './figures.ts';
import { type Line, type Style, span } from './terminal/styled-text.ts';
import type { SessionVenue } from './venue-session.ts';

/** How a venue's feed is doing. */
export interface VenueFigures {
  readonly venue: string;
  readonly simulated: boolean;
  readonly status: VenueHealth['status'];
  readonly reasons: readonly string[];
  /** Of connections that are or were in use. */
  readonly connections: readonly { readonly name: string; readonly state: string }[];
  readonly recordsPerSecond: number;
  readonly bytesPerSecond: number;
  /** From receiving to publishing, and to reading, of the last second or two, µs. */
  readonly published: { readonly p50: number; readonly p99: number };
  readonly read: { readonly count: number; readonly p50: number; readonly p99: number };
  /** Records that the slowest reader has still to read. */
  readonly lag: number;
  /** Overwritten before they were read, and dropped for want of room. */
  readonly lost: number;
  readonly rejected: number;
}

const STATE_STYLES: Readonly<Record<string, Style>> = {
  subscribed: 'good',
  resyncing: 'warning',
  degraded: 'bad',
  closed: 'bad',
};

const STATUS_STYLES: Readonly<Record<VenueHealth['status'], Style>> = {
  ok: 'good',
  degraded: 'warning',
  down: 'bad',
};

export function venueFigures({ venue, feed, latencies }: SessionVenue): VenueFigures {
  const { status, reasons, connections } = feed.health();
  const stats = feed.stats();
  const { receiveToPublish, receiveToRead } = latencies();
  const lags = stats.connections.flatMap(({ readers }) => readers.map(({ lag }) => lag));
  return {
    venue,
    simulated: feed.simulated,
    status,
    reasons,
    connections: connections.filter(({ epoch, state }) => epoch > 0 || state !== 'disconnected'),
    recordsPerSecond: stats.rates.recordsPerSecond,
    bytesPerSecond: stats.rates.bytesPerSecond,
    published: receiveToPublish,
    read: receiveToRead,
    lag: Math.max(0, ...lags),
    lost: stats.lagged + stats.framesDropped + stats.recordsDropped,
    rejected: stats.rejected,
  };
}

/** One line; a second one with what is wrong, if anything is. */
export function venueLines(figures: VenueFigures): Line[] {
  const { venue, simulated, status, reasons, connections, published, read, lag, lost, rejected } = figures;
  const line: Line = [
    span(`${venue.padEnd(7)}`, 'title'),
    span(simulated ? ' simulated  ' : ' live       ', 'dim'),
    ...connectionSpans(connections, STATUS_STYLES[status]),
    span(`  ${shortCount(figures.recordsPerSecond).padStart(6)} ticks/s ${byteRate(figures.bytesPerSecond)}`),
    span(`  lag ${shortCount(lag)}`),
    span(`  lost ${shortCount(lost)}`, lost > 0 ? 'bad' : undefined),
    span(read.count === 0 ? '' : `  latency p50 ${shortDuration(read.p50)} p99 ${shortDuration(read.p99)}`),
    span(`  decoded p50 ${shortDuration(published.p50)} p99 ${shortDuration(published.p99)}`, 'dim'),
    span(rejected > 0 ? `  rejected ${shortCount(rejected)}` : '', 'bad'),
  ];
  return reasons.length === 0 ? [line] : [line, [span(`        ${reasons.join('; ')}`, 'warning')]];
}

/** States, and of how many connections: `3 subscribed, 1 connecting`. */
function connectionSpans(connections: VenueFigures['connections'], style: Style): Line {
  const counts = new Map<string, number>();
  for (const { state } of connections) counts.set(state, (counts.get(state) ?? 0) + 1);
  if (counts.size === 0) return [span('● ', style), span('not connected', 'dim')];
  const states = [...counts].map(([state, count], nth) =>
    span(`${nth === 0 ? '' : ', '}${count} ${state}`, STATE_STYLES[state] ?? 'dim'),
  );
  return [span('● ', style), ...states];
}

import type { ConnectionStats, FeedStats } from '../../feed/statistics.ts';
import type { VenueLatency } from '../../kraken/venue-latency.ts';
import type { CounterValues } from '../../memory/counters.ts';
import type { FeedsStats } from '../control.ts';
import type { Family, Sample } from './families.ts';

type ConnectionCounter = Exclude<keyof CounterValues, 'rejected' | 'rejectedBy'> | 'latestOverflowed';

/** Counters of a connection: the metric's name without `tickring_` and `_total`, and what it counts. */
const CONNECTION_COUNTERS: Readonly<Record<ConnectionCounter, readonly [name: string, help: string]>> = {
  frames: ['frames', 'Frames received.'],
  bytes: ['received_bytes', 'Bytes of frames received.'],
  textFrames: ['text_frames', 'Text frames received.'],
  framesDropped: ['frames_dropped', 'Frames that found no room and were dropped.'],
  framesTooLarge: ['frames_too_large', 'Frames refused because the ring can never hold them.'],
  pauses: ['socket_pauses', 'How often the socket was paused because the frame ring was full.'],
  framesDecoded: ['frames_decoded', 'Frames decoded.'],
  records: ['records', 'Records published.'],
  heartbeats: ['heartbeats', 'Heartbeats received.'],
  framesMalformed: ['frames_malformed', 'Frames in which something was rejected.'],
  unknownSegments: ['unknown_segments', 'Records of an unknown segment.'],
  recordsDropped: ['records_dropped', 'Records that found no room.'],
  framesSkipped: ['frames_skipped', 'Frames known to be decoded already when a decoder took over.'],
  framesQuarantined: ['frames_quarantined', 'Frames set aside because decoding them failed again and again.'],
  spaceWaits: ['space_waits', 'How often the decoder had to wait for gating readers.'],
  handedOn: ['texts_handed_on', "Frames whose text was handed to the feed's thread."],
  booksMatched: ['checksums_matched', 'Book messages whose checksum matched.'],
  booksFailed: ['checksums_failed', 'Book messages whose checksum failed.'],
  booksIgnored: ['book_updates_ignored', 'Book updates ignored while their book was not to be trusted.'],
  inexact: ['inexact_numbers', 'Numbers and times that did not fit their fields.'],
  overflowed: ['overflowed', 'Symbols, books, levels or messages that found no place.'],
  latestOverflowed: ['latest_overflowed', 'Records of instruments that the latest table had no place for.'],
};

/** Counters of a feed as a whole, where the venue has them. */
const FEED_COUNTERS: Readonly<Record<string, readonly [name: string, help: string]>> = {
  malformedTexts: ['malformed_texts', 'Text frames that could not be understood.'],
  gaps: ['gaps', 'Books that failed their check, and numbers of messages that did not follow each other.'],
  ended: ['gaps_ended_by_service', 'Of the gaps, subscriptions that the service ended.'],
  resyncs: ['resyncs', 'Resyncs of books that were begun.'],
  snapshotsAsked: ['snapshots_asked', 'Resyncs that asked for snapshots.'],
  resubscribes: ['resubscribes', 'Resyncs that subscribed anew.'],
  reopens: ['reopens', 'Resyncs that opened the connection anew.'],
  resynced: ['resynced', 'Resyncs that brought the books back.'],
  degraded: ['resyncs_failed', 'Resyncs that did not bring the books back.'],
  replayed: ['replayed_messages', 'Messages put in again behind a snapshot.'],
  commands: ['commands', 'Commands sent.'],
  serviceErrors: ['service_errors', 'Errors that the service told.'],
  missing: ['symbols_missing', 'Symbols asked for that the service does not have.'],
  unanswered: ['requests_unanswered', 'Requests that were not answered in time.'],
  unmatched: ['answers_unmatched', 'Answers that belong to no request.'],
  rateLimited: ['rate_limited', 'How often the service said that it is asked too fast.'],
  staleAnswers: ['stale_answers', 'Answers that came on connections that were gone already.'],
  tokens: ['tokens_fetched', 'Tokens fetched.'],
};

const READER_COUNTERS = {
  read: ['reader_records', 'Records read.'],
  lagged: ['reader_lagged_records', 'Records overwritten before the reader came to them.'],
  coalesced: [
    'reader_coalesced_records',
    'Updates that a conflating reader did not see because newer ones came.',
  ],
  dropped: ['reader_dropped_records', 'Records dropped because this gating reader was in the way.'],
} as const;

type Stats = FeedStats & { readonly venueLatencies?: readonly VenueLatency[] };

interface Source {
  readonly venue: string;
  readonly stats: Stats;
}

/** Everything that feeds count. */
export function feedFamilies(venues: FeedsStats['venues']): Family[] {
  const sources = Object.entries(venues).map(([venue, { stats }]) => ({ venue, stats: stats as Stats }));
  const counters = Object.entries(CONNECTION_COUNTERS).map(([field, [name, help]]) =>
    counter(
      name,
      help,
      byConnection(sources, (connection) => connection[field as ConnectionCounter]),
    ),
  );
  return [
    ...counters,
    ...Object.entries(FEED_COUNTERS).map(([field, [name, help]]) =>
      counter(name, help, byFeed(sources, field)),
    ),
    counter(
      'rejected',
      'Packets that could not be decoded, by reason.',
      eachConnection(sources, ({ rejectedBy }, labels) =>
        Object.entries(rejectedBy).map(([reason, value]) => ({ labels: { ...labels, reason }, value })),
      ),
    ),
    ...ringFamilies(sources),
    ...readerFamilies(sources),
    ...decoderFamilies(sources),
    gauge(
      'venue_latency_seconds',
      "From the venue's timestamp to being received, by two clocks; over the last samples.",
      sources.flatMap(({ venue, stats }) =>
        (stats.venueLatencies ?? []).flatMap((each) => quantiles(venue, each)),
      ),
    ),
  ];
}

function ringFamilies(sources: readonly Source[]): Family[] {
  return [
    gauge(
      'frame_ring_occupancy_ratio',
      'Share of the frame ring that is not yet released by the decoder.',
      byConnection(sources, ({ frameRingOccupancy }) => frameRingOccupancy),
    ),
    gauge(
      'record_ring_occupancy_ratio',
      'Share of the record ring that is not yet released by the slowest gating reader.',
      byConnection(sources, ({ recordRingOccupancy }) => recordRingOccupancy),
    ),
  ];
}

function readerFamilies(sources: readonly Source[]): Family[] {
  const byReader = (value: (reader: ConnectionStats['readers'][0]) => number): Sample[] =>
    eachConnection(sources, ({ readers }, labels) =>
      readers.map((reader) => ({
        labels: { ...labels, reader: reader.place, kind: reader.kind },
        value: value(reader),
      })),
    );
  return [
    gauge(
      'reader_lag_records',
      'Records published and not yet read.',
      byReader(({ lag }) => lag),
    ),
    ...(['read', 'lagged', 'coalesced', 'dropped'] as const).map((field) => {
      const [name, help] = READER_COUNTERS[field];
      return counter(
        name,
        help,
        byReader((reader) => reader[field]),
      );
    }),
  ];
}

function decoderFamilies(sources: readonly Source[]): Family[] {
  const byVenue = (value: (stats: Stats) => number): Sample[] =>
    sources.map(({ venue, stats }) => ({ labels: { venue }, value: value(stats) }));
  return [
    counter(
      'decoder_parks',
      'How often decoders went to sleep.',
      byVenue(({ decoder }) => decoder.parks),
    ),
    counter(
      'decoder_rings',
      'How often decoders were woken.',
      byVenue(({ decoder }) => decoder.rings),
    ),
  ];
}

function quantiles(venue: string, { channel, symbol, connection, p50, p99 }: VenueLatency): Sample[] {
  const labels = { venue, channel, symbol, connection };
  return [
    { labels: { ...labels, quantile: 0.5 }, value: p50 / 1e6 },
    { labels: { ...labels, quantile: 0.99 }, value: p99 / 1e6 },
  ];
}

function byFeed(sources: readonly Source[], field: string): Sample[] {
  return sources.flatMap(({ venue, stats }) => {
    const value = (stats as unknown as Record<string, unknown>)[field];
    return typeof value === 'number' ? [{ labels: { venue }, value }] : [];
  });
}

function byConnection(sources: readonly Source[], value: (connection: ConnectionStats) => number): Sample[] {
  return eachConnection(sources, (connection, labels) => [{ labels, value: value(connection) }]);
}

function eachConnection(
  sources: readonly Source[],
  samples: (connection: ConnectionStats, labels: Sample['labels']) => Sample[],
): Sample[] {
  return sources.flatMap(({ venue, stats }) =>
    stats.connections.flatMap((connection) =>
      samples(connection, { venue, connection: connection.connection }),
    ),
  );
}

export function counter(name: string, help: string, samples: readonly Sample[]): Family {
  return { name: `tickring_${name}_total`, help, type: 'counter', samples };
}

export function gauge(name: string, help: string, samples: readonly Sample[]): Family {
  return { name: `tickring_${name}`, help, type: 'gauge', samples };
}

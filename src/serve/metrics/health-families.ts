import { type ConnectionState, TRANSITIONS } from '../../feed/connection-state.ts';
import type { LoopDelays } from '../control.ts';
import type { ServerCounts } from '../server-counts.ts';
import type { VenueConnectionHealth, VenueHealth } from '../venues/venue-feed.ts';
import type { Family, Sample } from './families.ts';
import { counter, gauge } from './feed-families.ts';

const STATES = Object.keys(TRANSITIONS) as ConnectionState[];

/** How feeds and their connections are. */
export function healthFamilies(health: Readonly<Record<string, VenueHealth>>): Family[] {
  const each = (
    samples: (connection: VenueConnectionHealth, labels: Sample['labels']) => Sample[],
  ): Sample[] =>
    Object.entries(health).flatMap(([venue, { connections }]) =>
      connections.flatMap((connection) =>
        samples(connection, { venue, connection: connection.connection, name: connection.name }),
      ),
    );
  const value = (of: (connection: VenueConnectionHealth) => number): Sample[] =>
    each((connection, labels) => [{ labels, value: of(connection) }]);
  const byFeed = (of: (status: VenueHealth['status']) => boolean): Sample[] =>
    Object.entries(health).map(([venue, { status }]) => ({ labels: { venue }, value: of(status) ? 1 : 0 }));
  return [
    gauge(
      'feed_up',
      'Whether anything is subscribed: 0 when the feed is down.',
      byFeed((status) => status !== 'down'),
    ),
    gauge(
      'feed_ok',
      'Whether all that is in use is subscribed, and nothing else is wrong.',
      byFeed((status) => status === 'ok'),
    ),
    gauge(
      'connection_state',
      '1 for the state that a connection is in.',
      each(({ state }, labels) =>
        STATES.map((each) => ({ labels: { ...labels, state: each }, value: each === state ? 1 : 0 })),
      ),
    ),
    counter(
      'reconnects',
      'Reconnects.',
      value(({ reconnects }) => reconnects),
    ),
    counter(
      'connection_opens',
      'How often a connection has been opened.',
      value(({ epoch }) => epoch),
    ),
    gauge(
      'subscriptions',
      'What a connection carries.',
      value(({ subscriptions }) => subscriptions),
    ),
    gauge(
      'last_frame_age_seconds',
      'Since the last bytes.',
      each(({ lastFrameAge }, labels) =>
        lastFrameAge === null ? [] : [{ labels, value: lastFrameAge / 1000 }],
      ),
    ),
  ];
}

/** Delays of the event loops of the feeds' thread and of the server's. */
export function loopFamilies(loops: Readonly<Record<string, LoopDelays>>): Family[] {
  const samples = (quantile: (delays: LoopDelays) => readonly (readonly [string, number])[]): Sample[] =>
    Object.entries(loops).flatMap(([thread, delays]) =>
      quantile(delays).map(([name, value]) => ({ labels: { thread, quantile: name }, value })),
    );
  return [
    gauge(
      'event_loop_delay_seconds',
      'How late the event loop was, in the last 15 to 30 seconds.',
      samples(({ p50, p99, max }) => [
        ['0.5', p50],
        ['0.99', p99],
        ['1', max],
      ]),
    ),
  ];
}

/** What the server itself does. */
export function serverFamilies(
  counts: ServerCounts,
  open: { readonly streams: number; readonly records: number; readonly watched: number },
): Family[] {
  const one = (value: number): Sample[] => [{ labels: {}, value }];
  return [
    gauge('sse_clients', 'Open streams of Server-Sent Events.', one(open.streams)),
    gauge('record_clients', 'Open WebSockets that read records.', one(open.records)),
    gauge('watched_symbols', 'Symbols that streams look at.', one(open.watched)),
    counter('requests_refused', 'Requests refused: no token, too many, no such thing.', one(counts.refused)),
    counter('sse_updates_composed', 'Updates composed, each once for all its clients.', one(counts.updates)),
    counter('sse_updates_sent', 'Updates sent, over all clients.', one(counts.writes)),
    counter('sse_updates_missed', 'Updates not sent to clients that did not read.', one(counts.lagged)),
    counter('clients_cut', 'Clients cut off because they did not read for too long.', one(counts.cut)),
    counter('records_sent', 'Records sent over WebSockets, over all clients.', one(counts.recordsSent)),
    counter('records_missed', 'Records not sent over WebSockets.', one(counts.recordsDropped)),
  ];
}

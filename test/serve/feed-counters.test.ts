import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Json } from '../support/json.ts';
import { serve, untilAnswer, untilReady } from '../support/serve.ts';
import { feedFamilies, type Server } from '../support/serve-internals.ts';

let server: Server;
let venues: Json;

beforeAll(async () => {
  server = await serve('--sim');
  await untilReady(server);
  ({ venues } = await untilAnswer(server, '/stats', () => true));
});

afterAll(() => server.close());

/** What is told as something else: the number is a label, occupancies are gauges. */
const NO_COUNTER = /^connection$|Occupancy$/;
/** Sums over connections, readers and reasons, which are Prometheus's to make. */
const SUMS: ReadonlySet<string> = new Set(['lagged', 'rejected']);

type Counters = Record<string, number>;

test.each(['kite', 'kraken', 'kalshi'])('everything that a feed of %s counts is a metric', (venue) => {
  const { stats } = venues[venue];
  const [connection] = stats.connections;
  // Each counter gets a value of its own, so that it is known again.
  let next = 1_000_001;
  const numbered = (of: object): Counters =>
    Object.fromEntries(
      Object.entries(of).flatMap(([name, value]) =>
        typeof value === 'number' && !NO_COUNTER.test(name) ? [[name, next++]] : [],
      ),
    );
  const ofFeed = numbered(stats);
  const ofConnection = numbered(connection);
  const reader = numbered({ read: 0, lagged: 0, coalesced: 0, dropped: 0 });
  const rejectedBy = numbered(connection.rejectedBy);
  const decoder = numbered(stats.decoder);
  const readers = [{ place: 0, kind: 'copying', lag: 0, ...reader }];
  const counted = {
    ...stats,
    ...ofFeed,
    decoder,
    connections: [{ ...connection, ...ofConnection, rejectedBy, readers }],
  };
  const families = feedFamilies({ [venue]: { state: 'subscribed', stats: counted } });
  const counters = families.filter(({ type }) => type === 'counter');
  const told = new Set(counters.flatMap(({ samples }) => samples.map(({ value }) => value)));
  const missing = [
    ...Object.entries(ofFeed).filter(([name]) => !(name in ofConnection) && !SUMS.has(name)),
    ...Object.entries(ofConnection).filter(([name]) => !SUMS.has(name)),
    ...[reader, rejectedBy, decoder].flatMap((each) => Object.entries(each)),
  ].filter(([, value]) => !told.has(value));
  expect(missing.map(([name]) => name)).toEqual([]);
});

import { readFileSync } from 'node:fs';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ServeContext } from '../context.ts';
import { feedFamilies } from '../metrics/feed-families.ts';
import { healthFamilies, loopFamilies, serverFamilies } from '../metrics/health-families.ts';
import { latencyFamilies } from '../metrics/latency-families.ts';
import { RecentLatenciesMeter } from '../metrics/recent-latencies.ts';
import type { VenueHealth } from '../venues/venue-feed.ts';
import { incomingOf } from './incoming.ts';
import { MOST_LEVELS } from './market-routes.ts';

const PACKAGE = new URL('../../../../package.json', import.meta.url);

const WORST_FIRST = ['down', 'degraded', 'ok'] as const;

/** How the feeds and the server are. */
export function statusRoutes(app: FastifyInstance, context: ServeContext): void {
  const { directory, stats, health, metrics, counts, options, startedAt } = context;
  const meters = new Map(directory.venues.map((venue) => [venue.venue, new RecentLatenciesMeter(venue)]));
  app.addHook('onClose', async () => {
    for (const meter of meters.values()) meter.close();
  });
  const { version } = JSON.parse(readFileSync(PACKAGE, 'utf8')) as { version: string };
  const open = () => ({
    streams: context.room.size,
    records: context.records.size,
    watched: context.streams.watched,
  });

  app.get('/info', async () => ({
    version,
    startedAt,
    interval: options.interval,
    simulated: directory.venues.every(({ simulated }) => simulated),
    venues: directory.venues.map(({ venue, simulated, connections, names }) => {
      return { venue, simulated, connections, symbols: names.size };
    }),
    subscriptions: { ...options.subscriptions, allow: options.subscriptions.allow ?? null },
    faults: options.faults && directory.venues.some(({ simulated }) => simulated),
    maxLevels: MOST_LEVELS,
    clients: open(),
  }));

  app.get('/stats', async () => {
    const [{ venues, eventLoop }, healths] = await Promise.all([stats.get(), health.get()]);
    const entries = Object.entries(venues).map(([venue, each]) => [
      venue,
      { ...each, health: healths[venue], recent: meters.get(venue)!.recent() },
    ]);
    return {
      at: Date.now(),
      eventLoop: { feeds: eventLoop, http: context.loop.delays() },
      server: { ...open(), ...counts },
      venues: Object.fromEntries(entries),
    };
  });

  const answerHealth = async (reply: FastifyReply, authorized: boolean, ready: boolean) => {
    const venues = await health.get();
    const status = worstOf(venues);
    const good =
      status !== 'down' && (!ready || directory.venues.every(({ venue }) => context.ready.has(venue)));
    reply.code(good ? 200 : 503);
    return authorized ? { status, venues } : { status };
  };
  app.get('/health', (request, reply) =>
    answerHealth(reply, context.guard.isAuthorized(incomingOf(request)), false),
  );
  app.get('/ready', (request, reply) =>
    answerHealth(reply, context.guard.isAuthorized(incomingOf(request)), true),
  );

  app.get('/metrics', async (_, reply) => {
    const [feeds, healths] = await Promise.all([stats.get(), health.get()]);
    const text = await metrics.text([
      ...feedFamilies(feeds.venues),
      ...healthFamilies(healths),
      ...latencyFamilies(directory.venues),
      ...loopFamilies({ feeds: feeds.eventLoop, http: context.loop.delays() }),
      ...serverFamilies(counts, open()),
    ]);
    return reply.type(metrics.contentType).send(text);
  });
}

/** The server is as well as its worst venue. */
function worstOf(venues: Readonly<Record<string, VenueHealth>>): VenueHealth['status'] {
  const statuses = Object.values(venues).map(({ status }) => status);
  return WORST_FIRST.find((status) => statuses.includes(status)) ?? 'down';
}

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ServeContext } from '../context.ts';
import type { Directory, FoundSymbol } from '../directory.ts';
import { RequestError } from '../errors.ts';
import { MOST_EVENTS } from '../streams/event-log.ts';
import { SYMBOL_PARAMS, VENUE_QUERY } from './market-routes.ts';

/** In an update; more are had from `/depth`. */
const MOST_STREAM_LEVELS = 100;
/** That a stream may name. */
const MOST_SYMBOLS = 1000;
const MOST_SYMBOLS_LENGTH = 65_536;
/** Events of the past that a stream begins with. */
const LAST_EVENTS = 100;

const LEVELS_QUERY = { type: 'integer', minimum: 0, maximum: MOST_STREAM_LEVELS, default: 0 } as const;

/** The head of a stream without the stream is of no use to anybody. */
const STREAM = { exposeHeadRoute: false } as const;

interface StreamQuery {
  venue?: string;
  levels: number;
}

/** What goes on as it happens: Server-Sent Events. */
export function streamRoutes(app: FastifyInstance, context: ServeContext): void {
  const { directory, streams, events, room } = context;

  app.get<{ Params: { '*': string }; Querystring: StreamQuery }>(
    '/stream/*',
    {
      ...STREAM,
      schema: {
        params: SYMBOL_PARAMS,
        querystring: { type: 'object', properties: { venue: VENUE_QUERY, levels: LEVELS_QUERY } },
      },
    },
    (request, reply) => {
      const { venue, levels } = request.query;
      const symbols = [directory.find(request.params['*'], venue)];
      room.check();
      const lastEventId = lastIdOf(request);
      streams.open({ symbols, all: undefined, levels, lastEventId }, takeOver(reply), headersOf(reply));
    },
  );

  app.get<{ Querystring: StreamQuery & { symbols: string } }>(
    '/stream',
    {
      ...STREAM,
      schema: {
        querystring: {
          type: 'object',
          properties: {
            venue: VENUE_QUERY,
            levels: LEVELS_QUERY,
            symbols: { type: 'string', minLength: 1, maxLength: MOST_SYMBOLS_LENGTH },
          },
          required: ['symbols'],
        },
      },
    },
    (request, reply) => {
      const { venue, levels, symbols: text } = request.query;
      const all = text === '*' ? (venue ?? '*') : undefined;
      if (venue !== undefined) directory.venue(venue);
      const symbols = all === undefined ? findAll(directory, text, venue) : [];
      room.check();
      const lastEventId = lastIdOf(request);
      streams.open({ symbols, all, levels, lastEventId }, takeOver(reply), headersOf(reply));
    },
  );

  app.get<{ Querystring: { last: number; format?: 'json' } }>(
    '/events',
    {
      ...STREAM,
      schema: {
        querystring: {
          type: 'object',
          properties: {
            last: { type: 'integer', minimum: 0, maximum: MOST_EVENTS, default: LAST_EVENTS },
            format: { enum: ['json', 'sse'] },
          },
        },
      },
    },
    (request, reply) => {
      const { last, format } = request.query;
      if (format === 'json') return reply.send({ events: events.last(last) });
      room.check();
      const known = Number(lastIdOf(request));
      const after = Number.isInteger(known) ? known : undefined;
      return events.open(after, last, takeOver(reply), headersOf(reply));
    },
  );
}

/** `A,kraken:B`: symbols, each with its venue or without. @throws RequestError */
function findAll(directory: Directory, text: string, venue: string | undefined): FoundSymbol[] {
  const names = [...new Set(text.split(',').filter((name) => name !== ''))];
  if (names.length === 0 || names.length > MOST_SYMBOLS) {
    throw new RequestError('BAD_REQUEST', `a stream has 1 to ${MOST_SYMBOLS} symbols, not ${names.length}`, {
      parameter: 'symbols',
    });
  }
  const venues = new Set(directory.venues.map((each) => each.venue));
  return names.map((name) => {
    const colon = name.indexOf(':');
    const prefix = name.slice(0, Math.max(0, colon));
    return venues.has(prefix) ? directory.find(name.slice(colon + 1), prefix) : directory.find(name, venue);
  });
}

function lastIdOf({ headers }: FastifyRequest): string | undefined {
  const id = headers['last-event-id'];
  return Array.isArray(id) ? id[0] : id;
}

/** From here on the answer is ours. */
function takeOver(reply: FastifyReply): FastifyReply['raw'] {
  reply.hijack();
  return reply.raw;
}

function headersOf(reply: FastifyReply): Record<string, unknown> {
  return reply.getHeaders();
}

import type { FastifyInstance } from 'fastify';
import type { ServeContext } from '../context.ts';
import { RequestError } from '../errors.ts';

/** Levels a side: the most, and without being asked. */
export const MOST_LEVELS = 1000;
const LEVELS = 10;

/** Symbols may have slashes in them, encoded or not. */
export const SYMBOL_PARAMS = {
  type: 'object',
  properties: { '*': { type: 'string', minLength: 1, maxLength: 64 } },
  required: ['*'],
} as const;

export const VENUE_QUERY = { type: 'string', maxLength: 32 } as const;

interface OneSymbol {
  Params: { '*': string };
}

/** What the market is like now. */
export function marketRoutes(app: FastifyInstance, context: ServeContext): void {
  const { directory, symbols } = context;

  app.get<{ Querystring: { venue?: string } }>(
    '/symbols',
    { schema: { querystring: { type: 'object', properties: { venue: VENUE_QUERY } } } },
    async ({ query: { venue } }) => {
      const all = await symbols.get();
      return { venues: venue === undefined ? all : { [venue]: all[directory.venue(venue).venue] } };
    },
  );

  app.get<OneSymbol & { Querystring: { venue?: string; levels: number } }>(
    '/depth/*',
    {
      schema: {
        params: SYMBOL_PARAMS,
        querystring: {
          type: 'object',
          properties: {
            venue: VENUE_QUERY,
            levels: { type: 'integer', minimum: 1, maximum: MOST_LEVELS, default: LEVELS },
          },
        },
      },
    },
    async ({ params, query }) => directory.find(params['*'], query.venue).reading.depth(query.levels),
  );

  app.get<OneSymbol & { Querystring: { venue?: string; channel?: string } }>(
    '/ticks/*',
    {
      schema: {
        params: SYMBOL_PARAMS,
        querystring: {
          type: 'object',
          properties: { venue: VENUE_QUERY, channel: { type: 'string', maxLength: 32 } },
        },
      },
    },
    async ({ params, query }) => {
      const { symbol, venue, reading } = directory.find(params['*'], query.venue);
      const tick = reading.tick(query.channel);
      if (tick) return tick;
      throw new RequestError('NO_DATA', `nothing has come of ${symbol} yet`, { venue, symbol });
    },
  );
}

import type { FastifyInstance } from 'fastify';
import type { ServeContext } from '../context.ts';
import { RequestError } from '../errors.ts';
import { VENUE_QUERY } from './market-routes.ts';

/** How long the feeds' thread may take, ms; a service has to acknowledge first. */
const DEADLINE = 10_000;
/** In one request. */
const MOST_SYMBOLS = 500;
const MOST_FOUND = 100;

const SYMBOLS_BODY = {
  type: 'object',
  properties: {
    venue: VENUE_QUERY,
    symbols: {
      type: 'array',
      minItems: 1,
      maxItems: MOST_SYMBOLS,
      items: { type: 'string', minLength: 1, maxLength: 64 },
    },
  },
  required: ['symbols'],
  additionalProperties: false,
} as const;

interface SymbolsRequest {
  Body: { venue?: string; symbols: string[] };
}

/** What changes something: off unless it is enabled. */
export function controlRoutes(app: FastifyInstance, context: ServeContext): void {
  const { directory, control, options } = context;
  const { subscriptions } = options;
  const allowed = subscriptions.allow?.map(patternOf);

  /** Without one, the only venue that there is. @throws RequestError */
  const venueOf = (name: string | undefined): string => {
    if (name !== undefined) return directory.venue(name).venue;
    const [first, ...others] = directory.venues.map(({ venue }) => venue);
    if (first !== undefined && others.length === 0) return first;
    throw new RequestError('BAD_REQUEST', `say which venue: ${[first, ...others].join(', ')}`, {
      parameter: 'venue',
    });
  };
  const checkEnabled = () => {
    if (!subscriptions.enabled)
      throw new RequestError(
        'DISABLED',
        'subscriptions cannot be changed here: start with --allow-subscriptions',
      );
  };

  app.get<{ Querystring: { venue?: string; query: string; limit: number } }>(
    '/subscriptions',
    {
      schema: {
        querystring: {
          type: 'object',
          properties: {
            venue: VENUE_QUERY,
            query: { type: 'string', maxLength: 64, default: '' },
            limit: { type: 'integer', minimum: 1, maximum: MOST_FOUND, default: 20 },
          },
        },
      },
    },
    async ({ query: { venue: name, query, limit } }) => {
      checkEnabled();
      const venue = venueOf(name);
      return { venue, symbols: await control.call(DEADLINE, 'available', venue, query, limit) };
    },
  );

  app.post<SymbolsRequest>('/subscriptions', { schema: { body: SYMBOLS_BODY } }, async ({ body }) => {
    checkEnabled();
    const venue = venueOf(body.venue);
    const not = body.symbols.filter((symbol) => allowed && !allowed.some((pattern) => pattern.test(symbol)));
    if (not.length > 0) {
      throw new RequestError('NOT_ALLOWED', `${not[0]} may not be subscribed to here`, {
        symbols: not,
        allow: subscriptions.allow,
      });
    }
    const symbols = await control.call(DEADLINE, 'subscribe', venue, body.symbols);
    context.symbols.forget();
    return { venue, symbols };
  });

  app.delete<SymbolsRequest>('/subscriptions', { schema: { body: SYMBOLS_BODY } }, async ({ body }) => {
    checkEnabled();
    const venue = venueOf(body.venue);
    const symbols = await control.call(DEADLINE, 'unsubscribe', venue, body.symbols);
    context.symbols.forget();
    return { venue, symbols };
  });

  const checkFaults = () => {
    if (!options.faults) throw new RequestError('DISABLED', 'faults are off: start with --sim and --faults');
    if (!directory.venues.some(({ simulated }) => simulated))
      throw new RequestError('DISABLED', 'there is no simulator behind any venue');
  };

  app.get('/faults', async () => {
    checkFaults();
    return { venues: await control.call(DEADLINE, 'faults') };
  });

  app.post<{ Body: { venue?: string; fault: string; value?: number; symbol?: string } }>(
    '/faults',
    {
      schema: {
        body: {
          type: 'object',
          properties: {
            venue: VENUE_QUERY,
            fault: { type: 'string', minLength: 1, maxLength: 64 },
            value: { type: 'number' },
            symbol: { type: 'string', minLength: 1, maxLength: 64 },
          },
          required: ['fault'],
          additionalProperties: false,
        },
      },
    },
    async ({ body: { venue, fault, value, symbol } }) => {
      checkFaults();
      return { met: await control.call(DEADLINE, 'inject', venueOf(venue), { fault, value, symbol }) };
    },
  );
}

/** `BTC/*`: `*` stands for anything. */
function patternOf(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\/]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`);
}

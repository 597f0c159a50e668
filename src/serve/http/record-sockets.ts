import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { WebSocketServer } from 'ws';
import { TooManyReadersError } from '../../errors.ts';
import type { ServeContext } from '../context.ts';
import { RequestError } from '../errors.ts';
import type { RecordKind } from '../streams/record-channel.ts';
import { refuseSocket } from './error-answers.ts';
import { pathOf, queryOf } from './guard.ts';

const PATH = '/records';
const KINDS: readonly RecordKind[] = ['copying', 'conflating'];

/** Clients have nothing to say. */
const MOST_MESSAGE_BYTES = 1024;

/** `WS /records`. */
export function recordSockets(
  app: FastifyInstance,
  context: ServeContext,
  ipOf: (request: IncomingMessage) => string,
): void {
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MOST_MESSAGE_BYTES,
  });
  app.get(PATH, async () => {
    throw new RequestError('UPGRADE_REQUIRED', `${PATH} is a WebSocket`);
  });
  app.server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    try {
      const { venue, kind, connection } = wanted(request, context, ipOf(request));
      sockets.handleUpgrade(request, socket, head, (websocket) => {
        try {
          context.records.open(websocket, venue, kind, connection);
        } catch (error) {
          if (!(error instanceof TooManyReadersError)) throw error;
          websocket.close(1013, 'all reader places of this feed are taken');
        }
      });
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      context.counts.refused += 1;
      refuseSocket(socket, error);
    }
  });
}

/** @throws RequestError */
function wanted(request: IncomingMessage, context: ServeContext, ip: string) {
  const { guard, directory, records } = context;
  const { url = '/', method = 'GET', headers } = request;
  const incoming = { method, url, headers, ip };
  context.counts.requests += 1;
  guard.check(incoming);
  guard.checkOrigin(incoming);
  if (pathOf(url) !== PATH)
    throw new RequestError('NOT_FOUND', `there is no WebSocket at ${pathOf(url)}; only at ${PATH}`);
  const query = queryOf(url);
  const [only] = directory.venues;
  const name = query.get('venue') ?? (directory.venues.length === 1 ? only?.venue : undefined);
  if (name === undefined)
    throw new RequestError('BAD_REQUEST', 'say which venue: ?venue=', { parameter: 'venue' });
  const venue = directory.venue(name);
  const kind = (query.get('kind') ?? 'copying') as RecordKind;
  if (!KINDS.includes(kind))
    throw new RequestError('BAD_REQUEST', `kind is ${KINDS.join(' or ')}`, { parameter: 'kind' });
  const connection = query.get('connection');
  if (connection !== null && venue.connections[Number(connection)] === undefined) {
    throw new RequestError('BAD_REQUEST', `${name} has connections 0 to ${venue.connections.length - 1}`, {
      parameter: 'connection',
    });
  }
  records.check();
  return { venue, kind, connection: connection === null ? undefined : Number(connection) };
}

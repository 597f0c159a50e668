import type { IncomingMessage } from 'node:http';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { TickringError } from '../../errors.ts';
import type { ServeContext } from '../context.ts';
import { RequestError } from '../errors.ts';
import { controlRoutes } from './control-routes.ts';
import { errorHeaders, refuseSocket, unreadableRequest } from './error-answers.ts';
import { pathOf } from './guard.ts';
import { incomingOf } from './incoming.ts';
import { marketRoutes } from './market-routes.ts';
import { pageRoutes } from './page-routes.ts';
import { recordSockets } from './record-sockets.ts';
import { statusRoutes } from './status-routes.ts';
import { streamRoutes } from './stream-routes.ts';

const BODY_LIMIT = 64 * 1024;
/** How long a request may take to come, ms. */
const REQUEST_TIMEOUT = 15_000;

const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const;

/** Errors of the library that are the client's. */
const CLIENT_STATUS: Readonly<Record<string, number>> = {
  ERR_TICKRING_ARGUMENT: 400,
  ERR_TICKRING_CAPACITY: 409,
};

/** The routes, and what goes for all of them. */
export async function makeApp(context: ServeContext): Promise<FastifyInstance> {
  const { fastify } = await import('fastify');
  const { tls, trustProxy } = context.options;
  const app = fastify({
    // Who connected is the proxy in front. What it says of others is only taken as far as it saw them itself.
    trustProxy: trustProxy && ((_, hop) => hop === 0),
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT,
    // Streams end by themselves; connections that are idle are closed.
    forceCloseConnections: 'idle',
    ajv: { customOptions: { removeAdditional: false } },
    frameworkErrors: (error, request, reply) => answerMisread(error, request, reply, context),
    clientErrorHandler: (error, socket) => {
      if (error.code === 'ECONNRESET' || !socket.writable) return;
      context.counts.refused += 1;
      refuseSocket(socket, unreadableRequest(error));
    },
    ...(tls && { https: { cert: tls.cert, key: tls.key } }),
  }) as unknown as FastifyInstance;
  app.addHook('onRequest', async (request, reply) => before(request, reply, context));
  app.addHook('onResponse', async (request, reply) => after(request, reply, context));
  app.setErrorHandler((error, request, reply) => answerError(error as FastifyError, request, reply, context));
  app.setNotFoundHandler(({ method, url }) => {
    throw new RequestError('NOT_FOUND', `there is no ${method} ${pathOf(url)}`);
  });
  marketRoutes(app, context);
  streamRoutes(app, context);
  statusRoutes(app, context);
  controlRoutes(app, context);
  pageRoutes(app, context);
  recordSockets(app, context, (request) => ipOf(request, trustProxy));
  await app.ready();
  return app;
}

/** @throws RequestError */
function before(
  request: FastifyRequest,
  reply: FastifyReply,
  { guard, options, counts }: ServeContext,
): unknown {
  counts.requests += 1;
  reply.headers(SECURITY_HEADERS);
  if (options.tls) reply.header('strict-transport-security', 'max-age=31536000');
  const { origin } = request.headers;
  if (origin !== undefined && guard.allowsOrigin(origin)) {
    reply.header('access-control-allow-origin', origin).header('vary', 'origin');
    reply.header('cross-origin-resource-policy', 'cross-origin');
    if (request.method === 'OPTIONS') {
      reply.header('access-control-allow-methods', 'GET, POST, DELETE');
      reply.header('access-control-allow-headers', 'authorization, content-type, last-event-id');
      return reply.code(204).send();
    }
  }
  guard.check(incomingOf(request));
  return undefined;
}

function after(request: FastifyRequest, reply: FastifyReply, { metrics, log }: ServeContext): void {
  const route = request.routeOptions.url ?? 'none';
  const streamed = reply.raw.getHeader('content-type')?.toString().startsWith('text/event-stream') ?? false;
  const status = reply.raw.statusCode;
  const seconds = reply.elapsedTime / 1000;
  metrics.answered(request.method, route, status, streamed ? undefined : seconds);
  log.debug(
    { method: request.method, path: pathOf(request.url), status, seconds, ip: request.ip },
    'answered',
  );
}

function answerError(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
  { counts, log }: ServeContext,
): FastifyReply {
  const told = asRequestError(error);
  if (!told) {
    log.error({ err: error, method: request.method, path: pathOf(request.url) }, 'failed');
    return reply.code(500).send(new RequestError('INTERNAL', 'this failed; the log says why').body());
  }
  counts.refused += 1;
  return reply.code(told.status).headers(told.headers).send(told.body);
}

/** A path that is none never gets as far as our hooks. */
function answerMisread(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
  context: ServeContext,
): void {
  try {
    before(request, reply, context);
    if (!reply.sent) answerError(error, request, reply, context);
  } catch (refused) {
    answerError(refused as FastifyError, request, reply, context);
  }
}

/** Undefined for what is our own fault. */
function asRequestError(
  error: FastifyError,
): { status: number; body: object; headers: Record<string, string> } | undefined {
  if (error instanceof RequestError)
    return { status: error.status, body: error.body(), headers: errorHeaders(error) };
  if (error instanceof TickringError) {
    const status = CLIENT_STATUS[error.code];
    const body = { error: { code: error.code, message: error.message } };
    return status === undefined ? undefined : { status, body, headers: {} };
  }
  const { statusCode = 500, message, validation } = error;
  if (statusCode >= 500) return undefined;
  const kind = statusCode === 413 ? 'BODY_TOO_LARGE' : 'BAD_REQUEST';
  const parameter = validation?.[0]?.instancePath.slice(1);
  const told = new RequestError(kind, message, parameter ? { parameter } : {});
  return { status: told.status, body: told.body(), headers: {} };
}

/** As fastify tells it for requests that are not upgrades: what the proxy in front has seen itself it writes last. */
function ipOf(request: IncomingMessage, trustProxy: boolean): string {
  const forwarded = trustProxy
    ? request.headers['x-forwarded-for']?.toString().split(',').at(-1)?.trim()
    : undefined;
  return forwarded || (request.socket.remoteAddress ?? '');
}

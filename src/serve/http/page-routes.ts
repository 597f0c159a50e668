import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ServeContext } from '../context.ts';
import { RequestError } from '../errors.ts';
import { type Asset, Modules } from './assets.ts';

/** The dashboard's files, and the modules that pages import. */
export function pageRoutes(app: FastifyInstance, { assets }: ServeContext): void {
  const modules = new Modules();
  for (const [path, asset] of assets) app.get(path, (request, reply) => send(request, reply, asset));

  app.get<{ Params: { '*': string } }>('/modules/*', async (request, reply) => {
    const asset = await modules.get(request.params['*']);
    if (!asset) throw new RequestError('NOT_FOUND', `there is no module ${request.params['*']}`);
    return send(request, reply, asset);
  });
}

/** Asked for again each time, and sent again when it has changed. */
function send(request: FastifyRequest, reply: FastifyReply, { type, etag, body }: Asset): FastifyReply {
  reply.header('cache-control', 'no-cache').header('etag', etag);
  if (request.headers['if-none-match'] === etag) return reply.code(304).send();
  return reply.type(type).send(body);
}

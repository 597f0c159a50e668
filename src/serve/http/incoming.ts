import type { FastifyRequest } from 'fastify';
import type { Incoming } from './guard.ts';

/** A request as the guard sees it. */
export function incomingOf({ method, url, headers, ip }: FastifyRequest): Incoming {
  return { method, url, headers, ip };
}

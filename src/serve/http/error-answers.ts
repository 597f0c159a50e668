import type { Duplex } from 'node:stream';
import { RequestError } from '../errors.ts';

/** What the answer to a request that cannot be served says in its head. */
export function errorHeaders({ status, details }: RequestError): Record<string, string> {
  const { retryAfter } = details as { readonly retryAfter?: number };
  return {
    ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
    ...(status === 401 && { 'www-authenticate': 'Bearer realm="tickring"' }),
    ...(status === 426 && { upgrade: 'websocket' }),
  };
}

/** Answers on a socket that has no response of its own, and ends it. */
export function refuseSocket(socket: Duplex, error: RequestError): void {
  const body = JSON.stringify(error.body());
  const headers = {
    ...errorHeaders(error),
    'content-type': 'application/json; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end([`HTTP/1.1 ${error.status} ${error.kind}`, ...lines, '', body].join('\r\n'));
}

/** Of what never became a request, because it could not be understood, was too large or did not come in time. */
export function unreadableRequest({ code }: { readonly code?: string }): RequestError {
  if (code === 'HPE_HEADER_OVERFLOW')
    return new RequestError('HEADERS_TOO_LARGE', 'the path and the headers of this request are too long');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new RequestError('TIMEOUT', 'this request did not come in time');
  return new RequestError('BAD_REQUEST', 'this is not a request of HTTP');
}

import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { RequestError } from '../errors.ts';
import type { ServeOptions } from '../options.ts';
import { RateLimiter } from './rate-limiter.ts';

/** What is looked at of a request, whether it is for HTTP or a WebSocket. */
export interface Incoming {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly ip: string;
}

/** Routes that browsers cannot send a header to: they may have the token in the query. */
const STREAMS = /^\/(stream|events|records)(\/|$)/;
/** What has no data in it, or says less without a token. */
const OPEN = /^\/(modules\/.*|health|ready)?$/;

type GuardOptions = Pick<ServeOptions, 'token' | 'cors' | 'allowedHosts' | 'host' | 'rateLimit'>;

/** Who may ask. */
export class Guard {
  readonly #token: Buffer | undefined;
  readonly #cors: ReadonlySet<string>;
  readonly #hosts: ReadonlySet<string>;
  readonly #limiter: RateLimiter;
  readonly #isAsset: (path: string) => boolean;

  /** @param isAsset whether a path is a file of the page: they have no data in them */
  constructor(
    { token, cors, allowedHosts, host, rateLimit }: GuardOptions,
    isAsset: (path: string) => boolean,
  ) {
    this.#token = token === undefined ? undefined : digest(token);
    this.#cors = new Set(cors);
    this.#hosts = new Set(['localhost', host, ...allowedHosts].map((name) => name.toLowerCase()));
    this.#limiter = new RateLimiter(rateLimit);
    this.#isAsset = isAsset;
  }

  /** @throws RequestError */
  check(request: Incoming): void {
    const wait = this.#limiter.take(request.ip);
    if (wait > 0) {
      throw new RequestError('RATE_LIMITED', 'too many requests from this address', {
        retryAfter: Math.ceil(wait),
      });
    }
    this.#checkHost(request.headers.host);
    const path = pathOf(request.url);
    if (!this.isAuthorized(request) && !OPEN.test(path) && !this.#isAsset(path))
      throw new RequestError('UNAUTHORIZED', 'this needs the token: Authorization: Bearer TOKEN');
  }

  /** Browsers let any page open a WebSocket, and say whose page it was. @throws RequestError */
  checkOrigin({ headers }: Incoming): void {
    const { origin, host } = headers;
    if (origin === undefined || this.allowsOrigin(origin)) return;
    if (URL.canParse(origin) && new URL(origin).host === host) return;
    throw new RequestError('NOT_ALLOWED', `pages of ${origin} may not read this`);
  }

  /** Whether a page of another origin may read answers. */
  allowsOrigin(origin: string): boolean {
    return this.#cors.has(origin) || this.#cors.has('*');
  }

  isAuthorized({ url, headers }: Incoming): boolean {
    if (!this.#token) return true;
    const [, bearer] = /^Bearer +(.+)$/i.exec(headers.authorization ?? '') ?? [];
    const given = bearer ?? (STREAMS.test(pathOf(url)) ? queryOf(url).get('token') : undefined);
    return given !== undefined && given !== null && timingSafeEqual(digest(given), this.#token);
  }

  /** A page whose name is made to point here could read everything, if any name would do. */
  #checkHost(host: string | undefined): void {
    if (this.#token || host === undefined) return;
    const name = host.replace(/:\d+$/, '').toLowerCase();
    if (this.#hosts.has(name) || this.#hosts.has('*') || isIP(name.replace(/^\[|\]$/g, '')) !== 0) return;
    throw new RequestError(
      'MISDIRECTED',
      `this server does not answer to ${name}: name it with --allow-host, or set a token`,
    );
  }
}

/** Without the query, which may have a token in it. */
export function pathOf(url: string): string {
  return url.split('?', 1)[0]!;
}

export function queryOf(url: string): URLSearchParams {
  return new URLSearchParams(url.slice(pathOf(url).length + 1));
}

/** Of one length, so that comparing takes one time. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

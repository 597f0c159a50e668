import { TickringError } from '../errors.ts';

/** What may go wrong with a request, and the HTTP status that says so. */
const STATUS = {
  BAD_REQUEST: 400,
  UNAUTHORIZED: 401,
  DISABLED: 403,
  NOT_ALLOWED: 403,
  NOT_FOUND: 404,
  UNKNOWN_SYMBOL: 404,
  NO_DATA: 404,
  TIMEOUT: 408,
  LIMIT: 409,
  BODY_TOO_LARGE: 413,
  MISDIRECTED: 421,
  REFUSED: 422,
  UPGRADE_REQUIRED: 426,
  RATE_LIMITED: 429,
  HEADERS_TOO_LARGE: 431,
  INTERNAL: 500,
  TOO_MANY_STREAMS: 503,
  UNRESPONSIVE: 503,
  CLOSING: 503,
} as const;

export type RequestErrorKind = keyof typeof STATUS;

/** `ERR_TICKRING_SERVE_…`: a request that cannot be served. Its `details` go into the answer. */
export class RequestError extends TickringError {
  readonly kind: RequestErrorKind;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(kind: RequestErrorKind, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(`ERR_TICKRING_SERVE_${kind}`, message);
    this.kind = kind;
    this.details = details;
  }

  /** The HTTP status. */
  get status(): number {
    return STATUS[this.kind];
  }

  /** What the client gets. */
  body(): { error: Record<string, unknown> } {
    return { error: { code: this.code, message: this.message, ...this.details } };
  }
}

/** `ERR_TICKRING_SERVE_DEPENDENCY`: an optional package that the server needs is not installed. */
export class DependencyError extends TickringError {
  constructor(missing: readonly string[]) {
    super(
      'ERR_TICKRING_SERVE_DEPENDENCY',
      `the server needs ${missing.join(' and ')}, which ${missing.length === 1 ? 'is' : 'are'} not installed: npm install ${missing.join(' ')}`,
    );
  }
}

/** `ERR_TICKRING_SERVE_START`, `ERR_TICKRING_SERVE_FAILED`: it cannot listen; its thread ended unexpectedly. */
export class ServerError extends TickringError {
  constructor(what: 'START' | 'FAILED', message: string, options?: ErrorOptions) {
    super(`ERR_TICKRING_SERVE_${what}`, message, options);
  }
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { Allowance } from './allowance.ts';
import type { KrakenCredentials } from './options.ts';
import { signatureOf } from './signature.ts';
import type { Tokens } from './tokens.ts';

/** The one path that is served. */
export const TOKEN_PATH = '/0/private/GetWebSocketsToken';
const MOST_BODY_BYTES = 64 * 1024;
/** Calls of a key at once, and calls a second after that. */
const CALLS = 20;
const CALLS_PER_SECOND = 0.5;
const LARGEST_NONCE = 2n ** 64n - 1n;

/** A request for a token, granted or with the error that it was refused with. */
export interface TokenRequest {
  /** As the client gave it; empty when it gave none. */
  readonly apiKey: string;
  readonly error: string | undefined;
}

/** What is remembered of an API key. */
interface Caller {
  readonly credentials: KrakenCredentials;
  readonly calls: Allowance;
  nonce: bigint;
}

/** Kraken's REST API, as much of it as hands out WebSocket tokens. */
export class Rest {
  readonly #tokens: Tokens;
  readonly #callers = new Map<string, Caller>();
  readonly #onRequest: (request: TokenRequest) => void;
  #failures = 0;

  /** @param isLimited false to let keys call as often as they like */
  constructor(
    credentials: readonly KrakenCredentials[],
    tokens: Tokens,
    isLimited: boolean,
    onRequest: (request: TokenRequest) => void,
  ) {
    this.#tokens = tokens;
    this.#onRequest = onRequest;
    for (const it of credentials) {
      const calls = new Allowance(isLimited ? CALLS : Number.POSITIVE_INFINITY, CALLS_PER_SECOND);
      this.#callers.set(it.apiKey, { credentials: it, calls, nonce: -1n });
    }
  }

  /** The next so many requests are told that the service is throttled. */
  fail(requests: number): void {
    this.#failures += requests;
  }

  /** Answers a request. Errors are in the body, with HTTP 200. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const path = (request.url ?? '').split('?', 1)[0]!;
    const reply =
      path === TOKEN_PATH && request.method === 'POST' ? this.#token(request, body) : unknownMethod();
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(reply));
  }

  #token({ headers }: IncomingMessage, body: string): object {
    const apiKey = headerText(headers['api-key']);
    const isJson = headerText(headers['content-type']).includes('json');
    const error = this.#refusal(apiKey, headerText(headers['api-sign']), nonceOf(body, isJson), body);
    this.#onRequest({ apiKey, error });
    if (error !== undefined) return { error: [error] };
    return { error: [], result: { expires: this.#tokens.seconds, token: this.#tokens.issue(apiKey) } };
  }

  #refusal(apiKey: string, signature: string, nonce: string, body: string): string | undefined {
    if (this.#failures > 0) {
      this.#failures--;
      return `EService:Throttled: ${Math.floor(Date.now() / 1000) + 1}`;
    }
    const caller = this.#callers.get(apiKey);
    if (caller === undefined) return 'EAPI:Invalid key';
    if (!caller.calls.take()) return 'EAPI:Rate limit exceeded';
    if (nonce === '' || BigInt(nonce) > LARGEST_NONCE) return 'EAPI:Invalid nonce';
    const { secret, hasPermission = true } = caller.credentials;
    if (signature !== signatureOf(secret, TOKEN_PATH, nonce, body)) return 'EAPI:Invalid signature';
    if (BigInt(nonce) <= caller.nonce) return 'EAPI:Invalid nonce';
    caller.nonce = BigInt(nonce);
    return hasPermission ? undefined : 'EGeneral:Permission denied';
  }
}

function unknownMethod(): object {
  return { error: ['EGeneral:Unknown method'] };
}

function headerText(value: string | string[] | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** The nonce's digits as they were sent; empty when there are none. It may be past what a JSON number holds. */
function nonceOf(body: string, isJson: boolean): string {
  const text = isJson
    ? /"nonce"\s*:\s*"?(\d+)/.exec(body)?.[1]
    : (new URLSearchParams(body).get('nonce') ?? undefined);
  return text !== undefined && /^\d{1,20}$/.test(text) ? text : '';
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) {
    body += chunk;
    if (body.length > MOST_BODY_BYTES) return '';
  }
  return body;
}

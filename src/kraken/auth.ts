import { createHash, createHmac } from 'node:crypto';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import {
  ArgumentError,
  AuthenticationError,
  ConnectionError,
  ServiceError,
  type TickringError,
} from '../errors.ts';
import { redactSecrets } from '../feed/redact.ts';

/** Where tokens for private channels are had. */
export const TOKEN_PATH = '/0/private/GetWebSocketsToken';

/**
 * The `API-Sign` header of a private REST call.
 *
 * @param path as `/0/private/…`
 * @param nonce as in the body
 * @param body exactly as it is sent
 * @param secret base64
 */
export function sign(path: string, nonce: string, body: string, secret: string): string {
  const digest = createHash('sha256')
    .update(nonce + body)
    .digest();
  return createHmac('sha512', Buffer.from(secret, 'base64')).update(path).update(digest).digest('base64');
}

/** The last nonce of each API key, of all feeds in this process: two that share a key must not share nonces. */
const nonces = new Map<string, bigint>();

/** A number above all that this process has used with this key: by default ms since the epoch, as Kraken's documentation has it. */
export function nextNonce(apiKey: string, wish: bigint | number = Date.now()): string {
  const least = (nonces.get(apiKey) ?? 0n) + 1n;
  const wished = BigInt(wish);
  const nonce = wished > least ? wished : least;
  nonces.set(apiKey, nonce);
  return String(nonce);
}

export interface KrakenCredentials {
  apiKey: string;
  /** The private key as Kraken shows it: base64. */
  apiSecret: string;
  /** Where the key asks for a one-time password: one, or a function that makes one for each call. */
  otp?: string | (() => string);
  /** Makes nonces, if other programs use the same key and have got further than ms since the epoch. */
  nonce?: () => bigint | number;
}

export interface TokenSourceOptions extends KrakenCredentials {
  readonly restUrl: string;
  /** ms */
  readonly timeout: number;
  readonly ca?: string | readonly string[] | undefined;
  /** How long a token is used for new subscriptions, ms. */
  readonly useFor: number;
}

/** Tokens that are remembered to be struck out of what is shown. */
const MOST_SECRETS = 16;

/** An answer of this many bytes is none of this service. */
const MOST_BYTES = 65_536;

/**
 * Tokens of one API key: fetched when they are needed, shared while they are young. The secrets leave it only in the headers of
 * its call; nothing that prints it shows them.
 */
export class TokenSource {
  readonly #options: TokenSourceOptions;
  #token: string | undefined;
  #until = 0;
  #fetching: Promise<string> | undefined;
  #fetched = 0;
  /** Secrets that were in use. */
  readonly #seen = new Set<string>();

  /** @throws ArgumentError */
  constructor(options: TokenSourceOptions) {
    nonEmpty('apiKey', options.apiKey);
    nonEmpty('apiSecret', options.apiSecret);
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(options.apiSecret))
      throw new ArgumentError('apiSecret is not base64: use the private key as Kraken shows it');
    if (options.nonce !== undefined && typeof options.nonce !== 'function')
      throw new ArgumentError('nonce must be a function that makes nonces');
    if (options.otp !== undefined && !['string', 'function'].includes(typeof options.otp))
      throw new ArgumentError('otp must be a text, or a function that makes one');
    this.#options = options;
  }

  /** Tokens that have been fetched. */
  get fetched(): number {
    return this.#fetched;
  }

  /** A token that is young enough, if there is one. */
  get current(): string | undefined {
    return Date.now() < this.#until ? this.#token : undefined;
  }

  /**
   * A token that is young enough, fetched if need be.
   *
   * @throws AuthenticationError when the service refuses the key; ServiceError, ConnectionError: it may work later
   */
  token(): Promise<string> {
    const { current } = this;
    return current === undefined ? this.renew() : Promise.resolve(current);
  }

  /** A token that nobody has had yet; those who ask while it is being fetched get the same. @throws as `token` */
  renew(): Promise<string> {
    this.#fetching ??= this.#fetch().finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  /** The service does not take this token any more. */
  refuse(token: string): void {
    if (this.#token === token) this.#until = 0;
  }

  async #fetch(): Promise<string> {
    const { apiKey, apiSecret, restUrl, otp, nonce: wish } = this.#options;
    const nonce = nextNonce(apiKey, wish?.());
    const oneTime = typeof otp === 'function' ? otp() : otp;
    const form = new URLSearchParams({ nonce, ...(oneTime !== undefined && { otp: oneTime }) });
    const body = form.toString();
    const signature = sign(TOKEN_PATH, nonce, body, apiSecret);
    this.#remember(signature);
    const answer = await this.#post(new URL(TOKEN_PATH, restUrl), body, {
      'API-Key': apiKey,
      'API-Sign': signature,
      'Content-Type': 'application/x-www-form-urlencoded',
    });
    const token = this.#read(answer);
    this.#remember(token);
    this.#token = token;
    this.#until = Date.now() + this.#options.useFor;
    this.#fetched += 1;
    return token;
  }

  #post(url: URL, body: string, headers: Record<string, string>): Promise<string> {
    const { timeout, ca } = this.#options;
    const request = url.protocol === 'http:' ? requestHttp : requestHttps;
    return new Promise((resolve, reject) => {
      const failed = (cause: Error) =>
        reject(new ConnectionError(this.redact(`cannot fetch a token: ${cause.message || cause.name}`)));
      const call = request(
        url,
        {
          method: 'POST',
          headers: { ...headers, 'Content-Length': Buffer.byteLength(body) },
          ...(ca !== undefined && { ca: [ca].flat() }),
          signal: AbortSignal.timeout(timeout),
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (part: string) => {
            text += part;
            if (text.length > MOST_BYTES) response.destroy(new Error('the answer is too long'));
          });
          response.on('error', failed);
          response.on('end', () => {
            const { statusCode = 0 } = response;
            // Errors of the service come with 200; other answers are a proxy's, and may be no JSON.
            if (statusCode === 200) resolve(text);
            else failed(new Error(`the service answered with HTTP ${statusCode}`));
          });
        },
      );
      call.on('error', failed);
      call.end(body);
    });
  }

  /** @throws AuthenticationError, ServiceError */
  #read(answer: string): string {
    let parsed: { error?: unknown; result?: { token?: unknown } } | null;
    try {
      parsed = JSON.parse(answer);
    } catch {
      throw new ServiceError('the answer to the request for a token is no JSON');
    }
    const errors = Array.isArray(parsed?.error) ? parsed.error.map(String) : [];
    if (errors.length > 0) throw this.#refusal(errors.join('; '));
    const token = parsed?.result?.token;
    if (typeof token === 'string' && token !== '') return token;
    throw new ServiceError('the answer to the request for a token has none');
  }

  #refusal(words: string): TickringError {
    const shown = this.redact(words);
    // The nonce may be a race with another program, a lockout and a throttle pass.
    if (/invalid nonce/i.test(words)) {
      return new ServiceError(
        `${shown}: another program uses the same API key with larger nonces; use a key of its own, or the nonce option`,
      );
    }
    if (/invalid (key|signature)|permission denied|invalid arguments/i.test(words)) {
      return new AuthenticationError(
        `the service refuses the API key: ${shown}; check apiKey, apiSecret, and that the key may use the WebSocket interface`,
      );
    }
    return new ServiceError(shown);
  }

  /** The newest last; tokens of long ago are in nobody's answers. */
  #remember(secret: string): void {
    this.#seen.delete(secret);
    this.#seen.add(secret);
    for (const oldest of this.#seen) {
      if (this.#seen.size <= MOST_SECRETS) break;
      this.#seen.delete(oldest);
    }
  }

  /** Strips all secrets from a text that is going to be shown. */
  redact(text: string): string {
    const { apiKey, apiSecret } = this.#options;
    return redactSecrets(text, [...this.#seen, apiSecret, apiKey]);
  }
}

function nonEmpty(name: string, value: unknown): void {
  if (typeof value !== 'string' || value === '')
    throw new ArgumentError(`${name} must be a text that is not empty`);
}

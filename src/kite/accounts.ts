import { ArgumentError } from '../errors.ts';
import type { ConnectRequest } from '../feed/connection.ts';
import { redactSecrets } from '../feed/redact.ts';
import { connectUrl } from './protocol.ts';

/** Fetches an access token. Called before each connect; `refused` says that the last one was refused. */
export type TokenProvider = (context: { account: string; refused: boolean }) => string | Promise<string>;

/** What an account connects with. */
export interface KiteCredentials {
  apiKey: string;
  /** The token of the day, or a function that fetches it, which survives its daily expiry. */
  accessToken: string | TokenProvider;
}

export interface KiteAccount extends KiteCredentials {
  /** Names the account in events, statistics and ticks. */
  id: string;
}

/** An account's credentials for another thread. Without a token, a provider has it, which stays where it is. */
export interface PortableAccount {
  readonly id: string;
  readonly apiKey: string;
  readonly accessToken: string | undefined;
}

/** A token a day, for a month. */
const MOST_SECRETS = 32;

/** One account. Its secrets leave it only in the address of a connect; nothing that prints it shows them. */
export class Account {
  readonly id: string;
  #apiKey: string;
  #accessToken: string | TokenProvider;
  /** Secrets that were in use, to strip from what is shown. */
  readonly #seen = new Set<string>();

  /** @throws ArgumentError */
  constructor({ id, apiKey, accessToken }: KiteAccount) {
    if (typeof id !== 'string' || id === '') throw new ArgumentError('an account needs an id');
    this.id = id;
    this.#apiKey = nonEmpty(id, 'apiKey', apiKey);
    this.#accessToken = checkedToken(id, accessToken);
  }

  /** Whether a refused token can be replaced without the user. */
  get renewable(): boolean {
    return typeof this.#accessToken === 'function';
  }

  /** Other credentials, from the next connect on. */
  update(credentials: Partial<KiteCredentials>): void {
    const apiKey = nonEmpty(this.id, 'apiKey', credentials.apiKey ?? this.#apiKey);
    const accessToken = checkedToken(this.id, credentials.accessToken ?? this.#accessToken);
    this.#apiKey = apiKey;
    this.#accessToken = accessToken;
  }

  /** To be posted, and not to be shown. */
  portable(): PortableAccount {
    const accessToken = typeof this.#accessToken === 'string' ? this.#accessToken : undefined;
    return { id: this.id, apiKey: this.#apiKey, accessToken };
  }

  /**
   * The token to connect with now.
   *
   * @throws ArgumentError when the provider answers with no token; whatever the provider throws
   */
  async token(refused: boolean): Promise<string> {
    const source = this.#accessToken;
    const token =
      typeof source === 'function'
        ? nonEmpty(this.id, 'accessToken', await source({ account: this.id, refused }))
        : source;
    this.#remember(this.#apiKey);
    this.#remember(token);
    return token;
  }

  /** @throws as `token` does */
  async request(url: string, refused: boolean): Promise<ConnectRequest> {
    const token = await this.token(refused);
    return { url: connectUrl(url, this.#apiKey, token), headers: { 'X-Kite-Version': '3' } };
  }

  /** The newest last; those of long ago are forgotten, they are in nobody's answers. */
  #remember(secret: string): void {
    this.#seen.delete(secret);
    this.#seen.add(secret);
    for (const oldest of this.#seen) {
      if (this.#seen.size <= MOST_SECRETS) break;
      this.#seen.delete(oldest);
    }
  }

  /** Strips the account's secrets from a text. */
  redact(text: string): string {
    return redactSecrets(text, [...this.#seen, this.#apiKey]);
  }
}

function nonEmpty(account: string, name: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new ArgumentError(`account '${account}' needs ${name}: a text that is not empty`);
}

function checkedToken(account: string, token: unknown): string | TokenProvider {
  return typeof token === 'function' ? (token as TokenProvider) : nonEmpty(account, 'accessToken', token);
}

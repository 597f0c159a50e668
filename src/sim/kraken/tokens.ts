import { randomBytes } from 'node:crypto';

interface Token {
  readonly apiKey: string;
  /** On `performance.now()`'s clock. */
  issued: number;
  /** Private subscriptions made with it. While there are any it does not expire. */
  subscriptions: number;
}

/** WebSocket tokens: who holds which, and until when. */
export class Tokens {
  readonly #lifetime: number;
  readonly #tokens = new Map<string, Token>();

  /** @param lifetime ms within which a token must be used */
  constructor(lifetime: number) {
    this.#lifetime = lifetime;
  }

  /** Seconds, as the answer to a request for a token tells. */
  get seconds(): number {
    return Math.round(this.#lifetime / 1000);
  }

  issue(apiKey: string): string {
    this.#forgetExpired();
    // 32 bytes are 43 characters, without the padding.
    const token = randomBytes(32).toString('base64').replaceAll('=', '');
    this.#tokens.set(token, { apiKey, issued: performance.now(), subscriptions: 0 });
    return token;
  }

  /** Whose token this is; `undefined` when it is nobody's, or too old. */
  holder(token: string | undefined): string | undefined {
    const known = this.#tokens.get(token ?? '');
    return known !== undefined && this.#isValid(known) ? known.apiKey : undefined;
  }

  /** A private subscription was made with it, or (-1) has ended. */
  use(token: string | undefined, change: 1 | -1): void {
    const known = this.#tokens.get(token ?? '');
    if (known !== undefined) known.subscriptions += change;
  }

  /** From now on all tokens are too old but for those that a private subscription keeps. */
  expire(): void {
    for (const token of this.#tokens.values()) token.issued = Number.NEGATIVE_INFINITY;
  }

  #isValid({ issued, subscriptions }: Token): boolean {
    return subscriptions > 0 || performance.now() - issued < this.#lifetime;
  }

  #forgetExpired(): void {
    for (const [text, token] of this.#tokens) if (!this.#isValid(token)) this.#tokens.delete(text);
  }
}

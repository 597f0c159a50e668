import { constants, verify } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ResolvedKey } from './keys.ts';

export const PATH = '/trade-api/ws/v2';

/** An upgrade that was refused. */
export interface Refusal {
  readonly status: 401 | 404 | 429;
  /** As the client gave it; empty when it gave none. */
  readonly keyId: string;
  /** In the body of the response. Only `NOT_FOUND` is known of the real service. */
  readonly details: string;
}

/** Who was let in; `undefined` for a connection that was not signed. */
export type Admitted = { readonly key: ResolvedKey | undefined };

export interface AdmissionOptions {
  readonly keys: readonly ResolvedKey[];
  /** Connections of one user. */
  readonly maxConnections: number;
  /** ms that a timestamp may be off. */
  readonly timestampSkew: number;
  readonly allowUnsigned: boolean;
}

/** Who may connect, and how often. */
export class Admission {
  readonly #options: AdmissionOptions;
  #keys: ReadonlyMap<string, ResolvedKey>;
  /** Upgrades still to be refused, by key id; '' for any. */
  readonly #refuse = new Map<string, number>();

  constructor(options: AdmissionOptions) {
    this.#options = options;
    this.#keys = byId(options.keys);
  }

  replace(keys: readonly ResolvedKey[]): void {
    this.#keys = byId(keys);
  }

  get keys(): Iterable<ResolvedKey> {
    return this.#keys.values();
  }

  /** Refuses the next so many upgrades, of one key or of any, as if the key did not exist. */
  refuse(connects: number, keyId = ''): void {
    this.#refuse.set(keyId, (this.#refuse.get(keyId) ?? 0) + connects);
  }

  /** Whose the connection is, or why it is refused. `connectionsOf` counts the open connections of a user. */
  admit(request: IncomingMessage, connectionsOf: (user: string) => number): Admitted | Refusal {
    const [path] = (request.url ?? '').split('?', 1);
    const keyId = header(request, 'kalshi-access-key');
    const refusal = (status: Refusal['status'], details: string) => ({ status, keyId, details });
    if (path !== PATH) return refusal(404, 'no WebSocket here');
    if (this.#isToBeRefused(keyId) || this.#isToBeRefused('')) return refusal(401, 'NOT_FOUND');
    const timestamp = header(request, 'kalshi-access-timestamp');
    const signature = header(request, 'kalshi-access-signature');
    if (keyId === '' && timestamp === '' && signature === '') {
      return this.#options.allowUnsigned ? { key: undefined } : refusal(401, 'MISSING_HEADERS');
    }
    const key = this.#keys.get(keyId);
    if (key === undefined) return refusal(401, 'NOT_FOUND');
    // A time in seconds is off by more than fifty years: no need to look at its length.
    const isFresh =
      /^\d+$/.test(timestamp) && Math.abs(Date.now() - Number(timestamp)) <= this.#options.timestampSkew;
    if (!isFresh) return refusal(401, 'TIMESTAMP_OUT_OF_RANGE');
    if (!isSigned(`${timestamp}GET${PATH}`, signature, key)) return refusal(401, 'INVALID_SIGNATURE');
    // The limit is documented, not how it refuses: 429 is the simulator's choice.
    if (connectionsOf(key.user) >= this.#options.maxConnections) return refusal(429, 'TOO_MANY_CONNECTIONS');
    return { key };
  }

  #isToBeRefused(keyId: string): boolean {
    const left = this.#refuse.get(keyId) ?? 0;
    if (left > 0) this.#refuse.set(keyId, left - 1);
    return left > 0;
  }
}

/** RSA: PSS with SHA-256 and a salt of 32 bytes, nothing else. Ed25519: the text itself. */
function isSigned(text: string, signature: string, { publicKey }: ResolvedKey): boolean {
  const bytes = Buffer.from(signature, 'base64');
  // Node also reads base64 of other kinds; the service asks for the standard one, with padding.
  if (signature === '' || bytes.toString('base64') !== signature) return false;
  if (publicKey.asymmetricKeyType === 'ed25519') return verify(null, Buffer.from(text), publicKey, bytes);
  const scheme = { key: publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  return verify('sha256', Buffer.from(text), scheme, bytes);
}

function header(request: IncomingMessage, name: string): string {
  const value = request.headers[name];
  return typeof value === 'string' ? value : '';
}

function byId(keys: readonly ResolvedKey[]): ReadonlyMap<string, ResolvedKey> {
  return new Map(keys.map((key) => [key.id, key]));
}

const REFUSALS = {
  401: { text: 'Unauthorized', code: 'authentication_error' },
  404: { text: 'Not Found', code: 'not_found' },
  429: { text: 'Too Many Requests', code: 'too_many_requests' },
} as const;

/** Answers an upgrade request with a plain HTTP response in the shape of the service's errors, and hangs up. */
export function refuse(socket: Duplex, { status, details }: Refusal): void {
  const { text, code } = REFUSALS[status];
  const body = JSON.stringify({ code, details });
  // The client may be gone already; that is no concern of the simulator.
  socket.on('error', () => socket.destroy());
  // The HTTP server keeps half-open sockets, and would wait for them when it closes.
  socket.once('finish', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} ${text}\r\nConnection: close\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

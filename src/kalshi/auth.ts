import { constants, type KeyObject, sign } from 'node:crypto';
import { ArgumentError } from '../errors.ts';
import { redactSecrets } from '../feed/redact.ts';
import { KeyError } from './key-error.ts';
import { type KeySource, readPrivateKey } from './private-key.ts';
import { type Environment, SIGNED_PATH } from './protocol.ts';

export interface KalshiCredentials extends KeySource {
  /** The API key's id, as Kalshi shows it: a UUID. */
  readonly keyId: string;
}

/** Signatures that are remembered to be struck out of what is shown. */
const MOST_SIGNATURES = 16;

/**
 * Signs connects. The private key never leaves it, and the key's id and the signatures only in the headers of a connect; nothing
 * that prints it shows them.
 */
export class Signer {
  readonly #keyId: string;
  readonly #key: KeyObject;
  /** Those that were in use, the newest last. */
  readonly #signatures: string[] = [];

  /** @throws KeyError */
  constructor({ keyId, ...source }: KalshiCredentials) {
    if (typeof keyId !== 'string' || keyId.trim() === '')
      throw new KeyError('missing', 'keyId must be the id of an API key');
    this.#keyId = keyId.trim();
    // No header can have others: every connect would fail.
    if (!/^[!-~]+$/.test(this.#keyId))
      throw new KeyError('malformed', 'keyId has characters that the id of an API key does not have');
    this.#key = readPrivateKey(source);
    this.#checkKey();
  }

  /** Whether it signs at all shows now, and not with each connect. */
  #checkKey(): void {
    try {
      this.#sign('');
    } catch {
      throw new KeyError('type', 'the private key cannot sign for Kalshi: RSA keys have 2048 bits there');
    }
  }

  /** Headers for a connect that is made now: what they say goes stale. */
  headers(now = Date.now()): Record<string, string> {
    const timestamp = String(Math.trunc(now));
    const signature = this.#sign(`${timestamp}GET${SIGNED_PATH}`);
    this.#signatures.push(signature);
    if (this.#signatures.length > MOST_SIGNATURES) this.#signatures.shift();
    return {
      'KALSHI-ACCESS-KEY': this.#keyId,
      'KALSHI-ACCESS-TIMESTAMP': timestamp,
      'KALSHI-ACCESS-SIGNATURE': signature,
    };
  }

  #sign(text: string): string {
    const bytes = Buffer.from(text);
    const key = this.#key;
    if (key.asymmetricKeyType === 'ed25519') return sign(null, bytes, key).toString('base64');
    // Both are needed: without them Node pads otherwise, or takes as much salt as there is room for.
    const scheme = {
      key,
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
    };
    return sign('sha256', bytes, scheme).toString('base64');
  }

  /** Strips the key's id and signatures from a text that is going to be shown. */
  redact(text: string): string {
    return redactSecrets(text, [...this.#signatures, this.#keyId]);
  }
}

/** What the environment says of where and as whom to connect. */
export interface EnvironmentOptions extends KalshiCredentials {
  readonly environment: Environment;
}

const ENVIRONMENTS: Readonly<Record<string, Environment>> = {
  demo: 'demo',
  prod: 'production',
  production: 'production',
};

/**
 * Reads `KALSHI_ENV` (`demo`, which is the default, or `prod`), `KALSHI_API_KEY_ID`, and `KALSHI_PRIVATE_KEY_PATH` or
 * `KALSHI_PRIVATE_KEY` (PEM text; its line ends may be written as `\n`).
 *
 * @throws ArgumentError for another KALSHI_ENV; KeyError for variables that are missing
 */
export function optionsFromEnv(env: Readonly<Record<string, string | undefined>>): EnvironmentOptions {
  const { KALSHI_ENV = '', KALSHI_API_KEY_ID, KALSHI_PRIVATE_KEY_PATH, KALSHI_PRIVATE_KEY } = env;
  const environment = ENVIRONMENTS[KALSHI_ENV.trim().toLowerCase() || 'demo'];
  if (!environment) throw new ArgumentError(`KALSHI_ENV is 'demo' or 'prod', not '${KALSHI_ENV}'`);
  if (!KALSHI_API_KEY_ID) throw new KeyError('missing', 'KALSHI_API_KEY_ID is not set');
  if (KALSHI_PRIVATE_KEY_PATH)
    return { environment, keyId: KALSHI_API_KEY_ID, privateKeyPath: KALSHI_PRIVATE_KEY_PATH };
  if (KALSHI_PRIVATE_KEY) return { environment, keyId: KALSHI_API_KEY_ID, privateKey: KALSHI_PRIVATE_KEY };
  throw new KeyError('missing', 'neither KALSHI_PRIVATE_KEY_PATH nor KALSHI_PRIVATE_KEY is set');
}

import { createPublicKey, generateKeyPairSync, KeyObject } from 'node:crypto';
import { ArgumentError } from '../../errors.ts';

/** A key that is let in. */
export interface KalshiKey {
  /** The key id, a UUID on the real service. */
  readonly id: string;
  /** PEM text or a key object; RSA or Ed25519. Of a private key, its public half. */
  readonly publicKey: string | KeyObject;
  /** Whose it is: keys of one user see the same private data. Default `user-1`. */
  readonly user?: string;
  /** Private data is limited to this subaccount. Default: all of the user's. */
  readonly subaccount?: number;
}

/** What a client needs to sign with. */
export interface KalshiCredentials {
  readonly keyId: string;
  /** PEM, PKCS#8. */
  readonly privateKey: string;
}

/** A key with everything that was not given. */
export interface ResolvedKey {
  readonly id: string;
  readonly publicKey: KeyObject;
  readonly user: string;
  readonly subaccount: number | undefined;
}

const DEFAULT_USER = 'user-1';

/** @throws ArgumentError for what is no RSA or Ed25519 key */
export function resolveKey({ id, publicKey, user = DEFAULT_USER, subaccount }: KalshiKey): ResolvedKey {
  const key = publicHalf(publicKey, id);
  const { asymmetricKeyType } = key;
  if (asymmetricKeyType !== 'rsa' && asymmetricKeyType !== 'ed25519') {
    throw new ArgumentError(`key ${id} must be an RSA or Ed25519 key, not ${asymmetricKeyType ?? key.type}`);
  }
  return { id, publicKey: key, user, subaccount };
}

/** A new key and its other half. Making an RSA key takes a while, an Ed25519 key does not. */
export function makeKey(
  type: 'rsa' | 'ed25519' = 'ed25519',
  id = 'demo',
): { key: KalshiKey; credentials: KalshiCredentials } {
  const { publicKey, privateKey } =
    type === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { key: { id, publicKey }, credentials: { keyId: id, privateKey: pem } };
}

function publicHalf(key: string | KeyObject, id: string): KeyObject {
  if (key instanceof KeyObject && key.type === 'public') return key;
  try {
    return createPublicKey(key);
  } catch (cause) {
    throw new ArgumentError(`key ${id} is not a key in PEM form`, { cause });
  }
}

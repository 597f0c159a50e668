import { createPrivateKey, createPublicKey, KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { KeyError } from './key-error.ts';

/** Where a private key comes from: PEM text or a key object; or a file with PEM text. */
export interface KeySource {
  readonly privateKey?: string | KeyObject | undefined;
  readonly privateKeyPath?: string | undefined;
}

/**
 * Reads a key that can sign for Kalshi: RSA (PKCS#1 or PKCS#8) or Ed25519 (PKCS#8).
 *
 * @throws KeyError
 */
export function readPrivateKey(source: KeySource): KeyObject {
  // Also null, which plain JavaScript may give.
  const privateKey = source.privateKey ?? undefined;
  const privateKeyPath = source.privateKeyPath ?? undefined;
  if ((privateKey === undefined) === (privateKeyPath === undefined))
    throw new KeyError('missing', 'give either privateKey or privateKeyPath');
  const key =
    privateKey instanceof KeyObject ? privateKey : parse(privateKey ?? readKeyFile(privateKeyPath!));
  if (key.type !== 'private')
    throw new KeyError('public', `a private key is needed to sign with; this is a ${key.type} key`);
  const { asymmetricKeyType } = key;
  if (asymmetricKeyType === 'rsa' || asymmetricKeyType === 'ed25519') return key;
  throw new KeyError(
    'type',
    `Kalshi takes RSA and Ed25519 keys; this is one of type ${asymmetricKeyType ?? 'unknown'}`,
  );
}

function readKeyFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    // Not its name: whoever mixes up the options has put the key there.
    throw new KeyError('file', `cannot read the file that privateKeyPath names: ${code ?? 'it is no file'}`);
  }
}

function parse(given: unknown): KeyObject {
  if (typeof given !== 'string')
    throw new KeyError('malformed', 'privateKey must be PEM text or a KeyObject; a Buffer has toString()');
  const pem = normalized(given);
  if (!pem.includes('-----BEGIN')) {
    throw new KeyError(
      'malformed',
      'the private key is no PEM text: it must begin with a line such as -----BEGIN PRIVATE KEY-----; for the name of a file use privateKeyPath',
    );
  }
  if (/ENCRYPTED/.test(pem)) {
    throw new KeyError(
      'encrypted',
      'the private key is encrypted; decrypt it (openssl pkey -in FILE), or pass a KeyObject made with its passphrase',
    );
  }
  try {
    return createPrivateKey(pem);
  } catch {
    // What OpenSSL says is of no help, and it may quote what it was given.
    throw isPublic(pem)
      ? new KeyError('public', 'a private key is needed to sign with; this is a public one')
      : new KeyError('malformed', 'the private key is damaged: its PEM text cannot be read');
  }
}

/** Environment variables and .env files often hold line ends as the two characters \n, and quotes around it all. */
function normalized(given: string): string {
  const text = given.trim().replace(/^(["'])([\s\S]*)\1$/, '$2');
  return text.includes('\n') ? text : text.replaceAll('\\r', '').replaceAll('\\n', '\n');
}

function isPublic(pem: string): boolean {
  try {
    return createPublicKey(pem).type === 'public';
  } catch {
    return false;
  }
}

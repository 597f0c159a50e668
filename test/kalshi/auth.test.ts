import { constants, generateKeyPairSync, type KeyObject, verify } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { ArgumentError, KeyError } from 'tickring';
import { KalshiFeed } from 'tickring/kalshi';
import { afterAll, describe, expect, test } from 'vitest';
import { optionsFromEnv, Signer } from '../support/kalshi-internals.ts';

const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ED25519 = generateKeyPairSync('ed25519');
const KEY_ID = 'a952bcbe-ec3b-4b5b-b8f9-11dae589608c';

const folder = mkdtempSync(join(tmpdir(), 'tickring-keys-'));
afterAll(() => rmSync(folder, { recursive: true }));

function pem(key: KeyObject, type: 'pkcs1' | 'pkcs8' | 'spki' = 'pkcs8'): string {
  return key.export({ type, format: 'pem' } as { type: 'pkcs8'; format: 'pem' }).toString();
}

/** The error that making a signer throws, and that it shows nothing of what it was given. */
function problemOf(options: object, secret = ''): string | undefined {
  try {
    new Signer({ keyId: KEY_ID, ...options });
  } catch (error) {
    expect(error).toBeInstanceOf(KeyError);
    expect((error as KeyError).code).toBe('ERR_TICKRING_KEY');
    if (secret !== '') expect(inspect(error, { depth: Number.POSITIVE_INFINITY })).not.toContain(secret);
    return (error as KeyError).problem;
  }
  return undefined;
}

function isValid(headers: Readonly<Record<string, string>>, key: KeyObject): boolean {
  const text = Buffer.from(`${headers['KALSHI-ACCESS-TIMESTAMP']}GET/trade-api/ws/v2`);
  const signature = Buffer.from(headers['KALSHI-ACCESS-SIGNATURE']!, 'base64');
  return key.asymmetricKeyType === 'ed25519'
    ? verify(null, text, key, signature)
    : verify('sha256', text, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }, signature);
}

describe('a signature', () => {
  test('of an RSA key is PSS with SHA-256 and a salt of 32 bytes, whichever way the key is written', () => {
    for (const privateKey of [RSA.privateKey, pem(RSA.privateKey), pem(RSA.privateKey, 'pkcs1')]) {
      const headers = new Signer({ keyId: KEY_ID, privateKey }).headers(1_703_123_456_789);
      expect(headers['KALSHI-ACCESS-KEY']).toBe(KEY_ID);
      expect(headers['KALSHI-ACCESS-TIMESTAMP']).toBe('1703123456789');
      expect(isValid(headers, RSA.publicKey)).toBe(true);
    }
  });

  test('of an Ed25519 key is of the text itself', () => {
    const headers = new Signer({ keyId: KEY_ID, privateKey: pem(ED25519.privateKey) }).headers();
    expect(isValid(headers, ED25519.publicKey)).toBe(true);
  });

  test('is made anew for each connect', () => {
    const signer = new Signer({ keyId: KEY_ID, privateKey: ED25519.privateKey });
    expect(signer.headers(1)).not.toEqual(signer.headers(2));
  });
});

describe('a private key', () => {
  test('is read from a file', () => {
    const path = join(folder, 'key.pem');
    writeFileSync(path, pem(RSA.privateKey, 'pkcs1'));
    const headers = new Signer({ keyId: KEY_ID, privateKeyPath: path }).headers();
    expect(isValid(headers, RSA.publicKey)).toBe(true);
  });

  test('may have its line ends written as \\n, CRLF, and quotes around it', () => {
    const text = pem(RSA.privateKey);
    const escaped = text.replaceAll('\n', '\\n');
    for (const privateKey of [escaped, `"${escaped}"`, text.replaceAll('\n', '\r\n'), `\n ${text}`])
      expect(isValid(new Signer({ keyId: KEY_ID, privateKey }).headers(), RSA.publicKey)).toBe(true);
  });

  test('that cannot be used is refused with what is wrong with it, and is not shown', () => {
    const encrypted = RSA.privateKey
      .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
      .toString();
    const body = pem(RSA.privateKey).split('\n')[3]!;
    const damaged = pem(RSA.privateKey).replace(body, body.slice(0, 20));
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    expect(problemOf({ privateKey: encrypted }, encrypted.split('\n')[2])).toBe('encrypted');
    expect(problemOf({ privateKey: damaged }, body.slice(0, 20))).toBe('malformed');
    expect(problemOf({ privateKey: 'not a key but secret' }, 'secret')).toBe('malformed');
    expect(problemOf({ privateKey: pem(RSA.publicKey, 'spki') })).toBe('public');
    expect(problemOf({ privateKey: RSA.publicKey })).toBe('public');
    expect(problemOf({ privateKey: pem(ec.privateKey) })).toBe('type');
    expect(problemOf({ privateKeyPath: join(folder, 'nothing.pem') })).toBe('file');
    expect(problemOf({ privateKeyPath: pem(RSA.privateKey) }, body)).toBe('file');
    expect(problemOf({ privateKeyPath: folder })).toBe('file');
    expect(problemOf({})).toBe('missing');
    expect(problemOf({ privateKey: RSA.privateKey, privateKeyPath: 'x' })).toBe('missing');
    expect(problemOf({ privateKey: null, privateKeyPath: null })).toBe('missing');
    expect(problemOf({ keyId: ' ', privateKey: RSA.privateKey })).toBe('missing');
    expect(problemOf({ privateKey: Buffer.from(pem(RSA.privateKey)) }, body)).toBe('malformed');
    expect(problemOf({ privateKey: 7 })).toBe('malformed');
  });

  test('that cannot sign, or an id that no header can have, is refused before any connect', () => {
    const short = generateKeyPairSync('rsa', { modulusLength: 512 });
    expect(problemOf({ privateKey: short.privateKey })).toBe('type');
    for (const keyId of ['a\nb', 'a\r\nX: y', 'schlüssel', 'two words'])
      expect(problemOf({ keyId, privateKey: ED25519.privateKey }, keyId)).toBe('malformed');
  });
});

describe('the environment', () => {
  const env = { KALSHI_API_KEY_ID: KEY_ID, KALSHI_PRIVATE_KEY: pem(ED25519.privateKey) };

  test('says where to connect, and as whom', () => {
    expect(optionsFromEnv(env)).toEqual({
      environment: 'demo',
      keyId: KEY_ID,
      privateKey: env.KALSHI_PRIVATE_KEY,
    });
    expect(optionsFromEnv({ ...env, KALSHI_ENV: 'prod' }).environment).toBe('production');
    expect(optionsFromEnv({ ...env, KALSHI_PRIVATE_KEY_PATH: '/keys/k.pem' })).toEqual({
      environment: 'demo',
      keyId: KEY_ID,
      privateKeyPath: '/keys/k.pem',
    });
  });

  test('is told what is missing', () => {
    expect(() => optionsFromEnv({ ...env, KALSHI_ENV: 'moon' })).toThrow(ArgumentError);
    expect(() => optionsFromEnv({ ...env, KALSHI_API_KEY_ID: '' })).toThrow('KALSHI_API_KEY_ID is not set');
    expect(() => optionsFromEnv({ KALSHI_API_KEY_ID: KEY_ID })).toThrow('KALSHI_PRIVATE_KEY');
  });

  test('makes a feed', async () => {
    await using feed = KalshiFeed.fromEnv({ books: 8, symbols: 64 }, env);
    expect(feed.state).toBe('disconnected');
  });
});

test('nothing that prints a signer shows its secrets, and texts are stripped of them', () => {
  const signer = new Signer({ keyId: KEY_ID, privateKey: ED25519.privateKey });
  const signature = signer.headers()['KALSHI-ACCESS-SIGNATURE']!;
  expect(inspect(signer, { depth: Number.POSITIVE_INFINITY, showHidden: true })).not.toContain(KEY_ID);
  const echo = `${KEY_ID} ${signature} ${encodeURIComponent(signature)} ${signature.replaceAll('/', '\\/')}`;
  expect(signer.redact(echo)).toBe('*** *** *** ***');
});

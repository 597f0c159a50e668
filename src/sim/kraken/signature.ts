import { createHash, createHmac } from 'node:crypto';

/**
 * The header `API-Sign` of a private REST request: HMAC-SHA512, with the decoded secret, of the path and the SHA-256 of nonce and body.
 * @param secret base64, as Kraken hands it out
 * @param nonce decimal text, once more before the body that it is in
 */
export function signatureOf(secret: string, path: string, nonce: string, body: string): string {
  const hash = createHash('sha256').update(nonce).update(body).digest();
  return createHmac('sha512', Buffer.from(secret, 'base64')).update(path).update(hash).digest('base64');
}

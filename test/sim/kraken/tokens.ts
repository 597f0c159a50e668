import { createHash, createHmac } from 'node:crypto';
import { KRAKEN_DEMO_SECRET, type KrakenSimulator } from 'tickring/sim';

export const TOKEN_PATH = '/0/private/GetWebSocketsToken';

let nonce = 1_700_000_000_000;

/** The documented signature, written down once more. */
export function sign(secret: string, path: string, digits: string, body: string): string {
  const hash = createHash('sha256')
    .update(digits + body)
    .digest();
  const message = Buffer.concat([Buffer.from(path), hash]);
  return createHmac('sha512', Buffer.from(secret, 'base64')).update(message).digest('base64');
}

export interface TokenReply {
  readonly error: string[];
  readonly result?: { readonly expires: number; readonly token: string };
}

/** Asks for a token as the documentation says; everything can be got wrong. */
export async function askForToken(
  sim: KrakenSimulator,
  wrong: { key?: string; secret?: string; nonce?: string; signature?: string; path?: string } = {},
): Promise<TokenReply> {
  const { key = 'demo', secret = KRAKEN_DEMO_SECRET, path = TOKEN_PATH } = wrong;
  const digits = wrong.nonce ?? String(++nonce);
  const body = `nonce=${digits}`;
  const response = await fetch(sim.restUrl + path, {
    method: 'POST',
    body,
    headers: {
      'API-Key': key,
      'API-Sign': wrong.signature ?? sign(secret, path, digits, body),
      'Content-Type': 'application/x-www-form-urlencoded',
    },
  });
  return (await response.json()) as TokenReply;
}

export async function tokenOf(sim: KrakenSimulator): Promise<string> {
  const { error, result } = await askForToken(sim);
  if (result === undefined) throw new Error(error.join());
  return result.token;
}

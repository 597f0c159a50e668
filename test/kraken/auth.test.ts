import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { ArgumentError, AuthenticationError, ConnectionError, ServiceError } from 'tickring';
import { afterEach, describe, expect, test } from 'vitest';
import { rejection } from '../support/feed.ts';
import { nextNonce, sign, TOKEN_PATH, TokenSource } from '../support/kraken-internals.ts';

const SECRET = 'kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg==';

describe('the signature', () => {
  test("is that of the documentation's example", () => {
    const body = 'nonce=1616492376594&ordertype=limit&pair=XBTUSD&price=37500&type=buy&volume=1.25';
    expect(sign('/0/private/AddOrder', '1616492376594', body, SECRET)).toBe(
      '4/dpxb3iT4tp/ZCVEwSnEsLxx0bqyhLpdfOpc6fn7OR8+UClSV5n9E6aSS8MPtnRfp32bAb0nmbRn6H8ndwLUQ==',
    );
  });

  test("is that of the official SDK's test", () => {
    const secret = Buffer.alloc(32, 1).toString('base64');
    const nonce = '1700000000000000000';
    expect(sign('/0/private/Balance', nonce, `nonce=${nonce}`, secret)).toBe(
      '6i7+cpXVLDDnDOekgsRcgFQhkYFyPDSSxhSVA8OrA6vjziXcy2K1DP3n7f9B/Kgni71WjBSQusZKxduRsdF20Q==',
    );
  });

  test('of the call for a token is made the same way', () => {
    expect(sign(TOKEN_PATH, '1616492376594', 'nonce=1616492376594', SECRET)).toBe(
      '+mRDmY9Ks0Moc1zjv/BjfvYa98buO0x1yHChZR5onlfAzAUbfIYlLggUZzdQ0RsmXm4Sh+Q8iAIZdo2wSeHeiA==',
    );
  });
});

describe('a nonce', () => {
  test('is larger than all before it, whatever the clock does', () => {
    const nonces = [5, 5, 4, 1_000, 7].map((wish) => nextNonce('clock', wish));
    expect(nonces).toEqual(['5', '6', '7', '1000', '1001']);
  });

  test('belongs to its key', () => {
    nextNonce('one', 1_000);
    expect(nextNonce('another', 3)).toBe('3');
  });

  test('may have 64 bits', () => {
    expect(nextNonce('wide', 1_700_000_000_000_000_001n)).toBe('1700000000000000001');
    expect(nextNonce('wide', 0)).toBe('1700000000000000002');
  });
});

describe('a token', () => {
  let server: Server;
  const calls: { path: string | undefined; headers: IncomingMessage['headers']; body: string }[] = [];

  /** A REST service that gives these answers, one after the other, the last for ever. */
  async function rest(...answers: (object | string | number)[]): Promise<string> {
    calls.length = 0;
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (part) => {
        body += part;
      });
      request.on('end', () => {
        const answer = answers[Math.min(calls.length, answers.length - 1)];
        calls.push({ path: request.url, headers: request.headers, body });
        if (typeof answer === 'number') response.statusCode = answer;
        response.end(typeof answer === 'object' ? JSON.stringify(answer) : String(answer));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  function source(restUrl: string, options: { apiKey?: string; useFor?: number; nonce?: () => number } = {}) {
    return new TokenSource({
      apiKey: 'api-key-0',
      apiSecret: SECRET,
      restUrl,
      timeout: 5000,
      useFor: 60_000,
      ...options,
    });
  }

  function tokenAnswer(token: string) {
    return { error: [], result: { expires: 900, token } };
  }

  test('is fetched with a signed call', async () => {
    const tokens = source(await rest(tokenAnswer('T1')), { apiKey: 'signed' });
    expect(await tokens.token()).toBe('T1');
    const [{ path, headers, body }] = calls as [(typeof calls)[0]];
    expect(path).toBe(TOKEN_PATH);
    const nonce = new URLSearchParams(body).get('nonce')!;
    expect(headers).toMatchObject({
      'api-key': 'signed',
      'api-sign': sign(TOKEN_PATH, nonce, body, SECRET),
      'content-type': 'application/x-www-form-urlencoded',
    });
  });

  test('is shared while it is young, and by those who ask at the same time', async () => {
    const tokens = source(await rest(tokenAnswer('T1'), tokenAnswer('T2')));
    expect(await Promise.all([tokens.token(), tokens.token(), tokens.renew()])).toEqual(['T1', 'T1', 'T1']);
    expect(await tokens.token()).toBe('T1');
    expect(calls).toHaveLength(1);
    expect(tokens.current).toBe('T1');
  });

  test('is fetched anew when it is old, was refused, or a new one is wanted; each with a larger nonce', async () => {
    const url = await rest(tokenAnswer('T1'), tokenAnswer('T2'), tokenAnswer('T3'), tokenAnswer('T4'));
    const tokens = source(url, { nonce: () => 1 });
    expect(await tokens.token()).toBe('T1');
    tokens.refuse('T0');
    expect(tokens.current).toBe('T1');
    tokens.refuse('T1');
    expect(tokens.current).toBeUndefined();
    expect(await tokens.token()).toBe('T2');
    expect(await tokens.renew()).toBe('T3');
    const old = source(url, { useFor: 0 });
    expect(await old.token()).toBe('T4');
    expect(old.current).toBeUndefined();
    const nonces = calls.map(({ body }) => Number(new URLSearchParams(body).get('nonce')));
    expect(nonces).toEqual([...nonces].sort((a, b) => a - b));
    expect(new Set(nonces).size).toBe(nonces.length);
  });

  test('two sources of one key do not share nonces', async () => {
    const url = await rest(tokenAnswer('T'));
    const sources = [1, 2, 3].map(() => source(url, { apiKey: 'shared', nonce: () => 9 }));
    await Promise.all(sources.map((each) => each.token()));
    expect(new Set(calls.map(({ body }) => body)).size).toBe(3);
  });

  test.each([
    ['EAPI:Invalid key', AuthenticationError],
    ['EAPI:Invalid signature', AuthenticationError],
    ['EGeneral:Permission denied', AuthenticationError],
    ['EAPI:Invalid nonce', ServiceError],
    ['EAPI:Rate limit exceeded', ServiceError],
    ['EGeneral:Temporary lockout', ServiceError],
    ['EService:Throttled: 1700000000', ServiceError],
  ])('that is refused with %s is an error of the right kind, with these words', async (words, kind) => {
    const error = await rejection(source(await rest({ error: [words] })).token());
    expect(error).toBeInstanceOf(kind);
    expect((error as Error).message).toContain(words);
  });

  test.each<[string, string | number | object]>([
    ['no JSON', '<html>'],
    ['no token', { error: [], result: {} }],
    ['another kind of JSON', '7'],
    ['a status', 502],
    ['too much', 'x'.repeat(100_000)],
  ])('is not made of an answer that is %s; a later call may work', async (_, answer) => {
    const tokens = source(await rest(answer, tokenAnswer('T')));
    const error = await rejection(tokens.token());
    expect(error).toSatisfy((e) => e instanceof ServiceError || e instanceof ConnectionError);
    expect(await tokens.token()).toBe('T');
  });

  test('and all secrets are struck out of what is shown', async () => {
    const url = await rest(tokenAnswer('tok/en+1'), {
      error: [`EGeneral:Permission denied key-9 ${SECRET}`],
    });
    const tokens = source(url, { apiKey: 'key-9' });
    await tokens.token();
    const words = tokens.redact(
      `tok/en+1 ${encodeURIComponent('tok/en+1')} ${JSON.stringify({ SECRET })} key-9 ${calls[0]?.headers['api-sign']}`,
    );
    expect(words).toBe('*** *** {"SECRET":"***"} *** ***');
    const error = await rejection(tokens.renew());
    for (const shown of [
      inspect(error, { showHidden: true }),
      inspect(tokens, { showHidden: true, depth: 9 }),
    ]) {
      expect(shown).not.toContain(SECRET);
      expect(shown).not.toContain('key-9');
      expect(shown).not.toContain('tok/en+1');
    }
  });

  test('source refuses what can be no credentials', async () => {
    const url = await rest(tokenAnswer('T'));
    const make = (apiKey: string, apiSecret: string) => () =>
      new TokenSource({ apiKey, apiSecret, restUrl: url, timeout: 1, useFor: 1 });
    expect(make('', SECRET)).toThrow(ArgumentError);
    expect(make('key', '')).toThrow(ArgumentError);
    expect(make('key', 'not base64!')).toThrow(/apiSecret is not base64/);
    expect(make('key', 'not base64!')).not.toThrow(/not base64!/);
    for (const option of [{ nonce: 7 }, { otp: 123_456 }]) {
      const options = { apiKey: 'key', apiSecret: SECRET, restUrl: url, timeout: 1, useFor: 1, ...option };
      expect(() => new TokenSource(options as never)).toThrow(ArgumentError);
    }
  });
});

import type { KiteMode } from './packet-writer.ts';

/** What a client may ask for. */
export type KiteClientMessage =
  | { readonly action: 'subscribe' | 'unsubscribe'; readonly tokens: readonly number[] }
  | { readonly action: 'mode'; readonly mode: KiteMode; readonly tokens: readonly number[] };

/** Why a message could not be understood, in words for the client. */
export class ClientMessageError extends Error {}

/** @throws ClientMessageError */
export function parseClientMessage(text: string): KiteClientMessage {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    throw new ClientMessageError('the message is not JSON');
  }
  if (typeof message !== 'object' || message === null) {
    throw new ClientMessageError('the message is not an object');
  }
  const { a: action, v: value } = message as { a?: unknown; v?: unknown };
  switch (action) {
    case 'subscribe':
    case 'unsubscribe':
      return { action, tokens: tokensOf(value) };
    case 'mode': {
      const [mode, tokens] = Array.isArray(value) ? (value as unknown[]) : [];
      if (mode !== 'ltp' && mode !== 'quote' && mode !== 'full') {
        throw new ClientMessageError(`unknown mode ${JSON.stringify(mode)}: it is ltp, quote or full`);
      }
      return { action, mode, tokens: tokensOf(tokens) };
    }
    default:
      throw new ClientMessageError(
        `unknown action ${JSON.stringify(action)}: it is subscribe, unsubscribe or mode`,
      );
  }
}

/** The official client lets its users give tokens as strings, and sends them so. */
function tokensOf(value: unknown): number[] {
  if (!Array.isArray(value)) throw new ClientMessageError('the instrument tokens are not an array');
  return value.map((item: unknown) => {
    const token = typeof item === 'string' && item !== '' ? Number(item) : item;
    if (typeof token !== 'number' || !Number.isInteger(token) || token < 0 || token > 0xffff_ffff) {
      throw new ClientMessageError(`${JSON.stringify(item)} is not an instrument token`);
    }
    return token;
  });
}

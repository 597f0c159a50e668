import { ArgumentError } from '../errors.ts';

/**
 * Whether an endpoint may close with this WebSocket code (RFC 6455, section 7.4); `undefined` is no code.
 *
 * @throws ArgumentError
 */
export function checkCloseCode(code: number | undefined): void {
  if (code === undefined) return;
  const reserved = code < 1000 || code > 4999 || (code > 1003 && code < 1007);
  if (reserved || (code > 1014 && code < 3000)) {
    throw new ArgumentError(`${code} is no close code that an endpoint may send; use 1000 or 3000 to 4999`);
  }
}

import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { VENUE_FACTS } from '../../serve/venues/venue-facts.ts';
import type { CheckResult } from './check.ts';

export interface ServiceOptions {
  /** ms */
  readonly timeout: number;
  /** Whether a service that cannot be reached is something that is missing. */
  readonly needed: boolean;
}

/** Whether a venue's real service can be reached: name, connection, TLS. Says nothing to it, and no credentials. */
export async function checkService(venue: string, { timeout, needed }: ServiceOptions): Promise<CheckResult> {
  const name = `${venue} service`;
  const { url } = VENUE_FACTS[venue]!;
  const { host } = new URL(url);
  const start = performance.now();
  try {
    await reach(new URL(url), timeout);
    const milliseconds = performance.now() - start;
    const found = `${host} reached in ${milliseconds.toFixed(0)} ms`;
    return { name, status: 'ok', found, figures: { connectMillis: milliseconds } };
  } catch (error) {
    const { HTTPS_PROXY, https_proxy: proxied = HTTPS_PROXY } = process.env;
    const advice = proxied
      ? 'a proxy is set in the environment, and WebSockets of this package do not go through one'
      : 'check the network, DNS and firewall; simulators work without';
    const status = needed ? 'failed' : 'warning';
    return { name, status, found: `${host}: ${(error as Error).message}`, advice };
  }
}

/** Names of what the environment has to have for the real service; never what is in it. */
export function checkCredentials(venue: string, needed: boolean): CheckResult | undefined {
  const { credentials } = VENUE_FACTS[venue]!;
  if (credentials.length === 0) return undefined;
  const name = `${venue} credentials`;
  const missing = credentials.filter((variable) => !process.env[variable]);
  if (missing.length === 0) return { name, status: 'ok', found: `${credentials.join(', ')} are set` };
  const status = needed ? 'failed' : 'note';
  const found = `${missing.join(', ')} not set`;
  return { name, status, found, advice: 'needed for --live only' };
}

function reach({ protocol, hostname, port }: URL, timeout: number): Promise<void> {
  const secure = protocol === 'wss:';
  const at = { host: hostname, port: Number(port) || (secure ? 443 : 80) };
  return new Promise((resolve, reject) => {
    const socket: Socket = secure ? connectTls({ ...at, servername: hostname }) : connect(at);
    const timer = setTimeout(() => end(new Error(`no answer within ${timeout} ms`)), timeout);
    const end = (error?: Error) => {
      clearTimeout(timer);
      socket.destroy();
      if (error) reject(error);
      else resolve();
    };
    socket.once(secure ? 'secureConnect' : 'connect', () => end());
    socket.once('error', end);
  });
}

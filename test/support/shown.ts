/** What a feed shows of itself, for tests of what it must not show. */

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { inspect } from 'node:util';
import { CHANNELS } from 'tickring';
import { expect } from 'vitest';

/** A feed of any venue. */
interface Shown {
  on(name: string, listener: (...values: unknown[]) => void): unknown;
  stats(): unknown;
  health(): unknown;
  subscriptions(): unknown;
}

/** A secret as it is, and in the ways in which an address or a log may write it. */
export function formsOf(secret: string): string[] {
  const inQuery = new URLSearchParams({ x: secret }).toString().slice(2);
  const inJson = JSON.stringify(secret).slice(1, -1);
  return [secret, inQuery, encodeURIComponent(secret), encodeURI(secret), inJson];
}

/**
 * All that a feed shows of itself, from now on: with each of these events, and on the diagnostics channels.
 *
 * @param more what else it has to show
 */
export function watchShown(
  feed: object,
  events: readonly string[],
  more: () => Readonly<Record<string, unknown>>,
) {
  const shown: string[] = [];
  const show = (what: string, value: unknown) => {
    shown.push(`${what}: ${inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true })}`);
    shown.push(`${what}: ${JSON.stringify(value)}`);
    if (value instanceof Error) shown.push(`${what}: ${value.stack}\n${value.message}`);
  };
  const any = feed as Shown;
  const look = () => {
    show('feed', feed);
    show('stats', any.stats());
    show('health', any.health());
    show('subscriptions', any.subscriptions());
    for (const [name, value] of Object.entries(more())) show(name, value);
  };
  for (const name of events) {
    any.on(name, (...values) => {
      for (const value of values) show(name, value);
      look();
    });
  }
  const listener = (message: unknown, name: string | symbol) => show(String(name), message);
  for (const channel of Object.values(CHANNELS)) subscribe(channel, listener);
  /** Answers everything that was shown. */
  const stop = () => {
    for (const channel of Object.values(CHANNELS)) unsubscribe(channel, listener);
    look();
    return shown.join('\n');
  };
  return { show, stop };
}

export function expectNone(shown: string, secrets: readonly string[]): void {
  expect(secrets.length).toBeGreaterThan(0);
  for (const secret of secrets) for (const form of formsOf(secret)) expect(shown).not.toContain(form);
}

import { expect } from 'vitest';
import { type ExploreOptions, explore, type Protocol } from './explorer.ts';

/** Everything was seen, at least so many states, and every property holds. */
export function expectToHold(protocol: Protocol, states: number, options: ExploreOptions = {}): void {
  const exploration = explore(protocol, options);
  expect(exploration.trace).toBe('');
  expect(exploration.complete).toBe(true);
  expect(exploration.states).toBeGreaterThanOrEqual(states);
}

/** The exploration finds this property broken, and tells how. */
export function expectToBreak(protocol: Protocol, property: string, options: ExploreOptions = {}): void {
  const { broken, trace } = explore(protocol, options);
  expect(broken).toBe(property);
  expect(trace.split('\n').length).toBeGreaterThan(3);
}

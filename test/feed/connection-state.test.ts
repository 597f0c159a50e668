import {
  type ConnectionState,
  type StateChange,
  StateError,
  TRANSITIONS,
  type TransitionCause,
} from 'tickring';
import { describe, expect, test } from 'vitest';
import { StateMachine } from '../support/feed-internals.ts';

const STATES = Object.keys(TRANSITIONS) as ConnectionState[];
const CAUSES = [...new Set(Object.values(TRANSITIONS).flatMap(Object.keys))] as TransitionCause[];

/** The causes that lead from `disconnected` to each state, the shortest way. */
function waysThere(): Map<ConnectionState, TransitionCause[]> {
  const ways = new Map<ConnectionState, TransitionCause[]>([['disconnected', []]]);
  for (const [state, way] of ways) {
    for (const [cause, to] of Object.entries(TRANSITIONS[state])) {
      if (!ways.has(to)) ways.set(to, [...way, cause as TransitionCause]);
    }
  }
  return ways;
}

function machineIn(state: ConnectionState): { machine: StateMachine; changes: StateChange[] } {
  const changes: StateChange[] = [];
  const machine = new StateMachine((change) => changes.push(change));
  for (const cause of waysThere().get(state)!) machine.move(cause);
  changes.length = 0;
  return { machine, changes };
}

describe('the table of transitions', () => {
  test('every state can be reached', () => {
    expect([...waysThere().keys()].sort()).toEqual([...STATES].sort());
  });

  test('closed is terminal, and can be reached in one step from every other state', () => {
    expect(TRANSITIONS.closed).toEqual({});
    for (const state of STATES) {
      if (state !== 'closed') expect(TRANSITIONS[state].close).toBe('closed');
    }
  });

  for (const from of STATES) {
    for (const cause of CAUSES) {
      const to = TRANSITIONS[from][cause];
      if (to === undefined) {
        test(`'${cause}' throws in state '${from}', and changes nothing`, () => {
          const { machine, changes } = machineIn(from);
          expect(() => machine.move(cause)).toThrow(StateError);
          expect(() => machine.move(cause)).toThrow(expect.objectContaining({ code: 'ERR_TICKRING_STATE' }));
          expect(machine.state).toBe(from);
          expect(changes).toEqual([]);
        });
      } else {
        test(`'${cause}' leads from '${from}' to '${to}', and is told with its cause and time`, () => {
          const { machine, changes } = machineIn(from);
          machine.move(cause);
          expect(machine.state).toBe(to);
          expect(changes).toEqual([{ from, to, cause, at: machine.since }]);
        });
      }
    }
  }
});

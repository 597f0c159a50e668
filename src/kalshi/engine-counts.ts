/** What only the engine counts. */
export interface EngineCounts {
  /** Gaps: in numbers, and of single books. Of these, what the service ended (errors 10 and 25). */
  gaps: number;
  ended: number;
  /** Times that the mending of books was begun, by what was done: asked for snapshots, subscribed anew, connected anew. */
  snapshotsAsked: number;
  resubscribes: number;
  reopens: number;
  /** Times that it brought all books back, and that it did not. */
  resynced: number;
  degraded: number;
  /** Commands that were sent, and those that were not answered in time. */
  commands: number;
  unanswered: number;
  /** Errors of the service, and how often it said that it is asked too fast. */
  serviceErrors: number;
  rateLimited: number;
  /** Markets that were asked for and that the service does not have. */
  missing: number;
}

export function newCounts(): EngineCounts {
  return {
    gaps: 0,
    ended: 0,
    snapshotsAsked: 0,
    resubscribes: 0,
    reopens: 0,
    resynced: 0,
    degraded: 0,
    commands: 0,
    unanswered: 0,
    serviceErrors: 0,
    rateLimited: 0,
    missing: 0,
  };
}

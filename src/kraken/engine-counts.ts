/** What only the engine counts. */
export interface EngineCounts {
  /** Books that failed their check, and private channels whose numbers did not follow each other. */
  gaps: number;
  /** Resyncs of books that were begun, and those that brought the book back. */
  resyncs: number;
  resynced: number;
  /** Messages put in again behind a snapshot. */
  replayed: number;
  /** Requests that were not answered in time. */
  unanswered: number;
  /** Answers that belong to no request. */
  unmatched: number;
  /** How often the service said that it is asked too fast. */
  rateLimited: number;
}

export function newCounts(): EngineCounts {
  return { gaps: 0, resyncs: 0, resynced: 0, replayed: 0, unanswered: 0, unmatched: 0, rateLimited: 0 };
}

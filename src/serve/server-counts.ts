/** What the server counts of its own. */
export interface ServerCounts {
  /** Requests answered, those of streams among them; and those that were refused: no token, too many, no such thing. */
  requests: number;
  refused: number;
  /** Updates composed, each once for all its clients; and sent, over all clients. */
  updates: number;
  writes: number;
  /** Updates that clients were not sent because they did not read. */
  lagged: number;
  /** Clients that were cut off because they did not read for too long. */
  cut: number;
  /** Records sent to programs, over all of them; and not sent, because they were overwritten or the program did not read. */
  recordsSent: number;
  recordsDropped: number;
}

export function newServerCounts(): ServerCounts {
  return {
    requests: 0,
    refused: 0,
    updates: 0,
    writes: 0,
    lagged: 0,
    cut: 0,
    recordsSent: 0,
    recordsDropped: 0,
  };
}

import type { KrakenEndpoint } from './channels.ts';
import type { Handled } from './handled.ts';
import type { TokenRequest } from './rest.ts';

/** Events of the Kraken simulator. */
export interface KrakenSimulatorEvents {
  /** A client connected. */
  connection: [{ id: number; endpoint: KrakenEndpoint }];
  /** A client's request was answered; `refused` counts the errors in the answer. */
  request: [Handled & { connection: number }];
  /** A connection has ended; `code` is WebSocket's close code. */
  disconnect: [{ id: number; endpoint: KrakenEndpoint; code: number }];
  /** An upgrade was refused with this HTTP status. */
  refused: [{ status: number }];
  /** Somebody asked for a WebSocket token over REST. */
  token: [TokenRequest];
}

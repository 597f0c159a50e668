import { TickringError } from '../errors.ts';

export type ConnectionState =
  | 'disconnected'
  | 'connecting'
  | 'authenticating'
  | 'subscribing'
  | 'subscribed'
  | 'resyncing'
  | 'degraded'
  | 'closed';

export type TransitionCause =
  /** The feed was started, or the connection is needed now. */
  | 'start'
  /** The socket is open; the service has still to accept us. */
  | 'socket-open'
  | 'authenticated'
  /** All that is wanted has been asked for and, where the service acknowledges, acknowledged. */
  | 'subscriptions-sent'
  /** State that is built from the stream (books) is being rebuilt, and stands again. */
  | 'resync'
  | 'resynced'
  /** The attempt to connect failed. */
  | 'connect-failed'
  /** The open socket was closed by the other side, or broke. */
  | 'socket-lost'
  /** Nothing was heard for too long: the socket is half open. */
  | 'silent'
  /** The service refused the credentials, and new ones may be had. */
  | 'credentials-expired'
  /** The service refused the credentials, and there are no others. */
  | 'credentials-refused'
  /** The back-off is over. */
  | 'retry'
  /** The last attempt failed. */
  | 'gave-up'
  /** Somebody closed it. */
  | 'close';

export interface StateChange {
  readonly from: ConnectionState;
  readonly to: ConnectionState;
  readonly cause: TransitionCause;
  /** ms since the epoch */
  readonly at: number;
}

const OPEN = {
  'socket-lost': 'degraded',
  silent: 'degraded',
  close: 'closed',
} as const;

/** Every transition that there is. What is not here is a bug. */
export const TRANSITIONS: Readonly<
  Record<ConnectionState, Partial<Record<TransitionCause, ConnectionState>>>
> = {
  disconnected: { start: 'connecting', close: 'closed' },
  connecting: {
    'socket-open': 'authenticating',
    'connect-failed': 'degraded',
    'credentials-expired': 'degraded',
    'credentials-refused': 'closed',
    close: 'closed',
  },
  authenticating: { authenticated: 'subscribing', 'credentials-refused': 'closed', ...OPEN },
  subscribing: { 'subscriptions-sent': 'subscribed', ...OPEN },
  subscribed: { resync: 'resyncing', ...OPEN },
  resyncing: { resynced: 'subscribed', ...OPEN },
  degraded: { retry: 'connecting', 'gave-up': 'disconnected', close: 'closed' },
  closed: {},
};

/** `ERR_TICKRING_STATE`: something happened that the table does not know; a bug of tickring. */
export class StateError extends TickringError {
  constructor(from: ConnectionState, cause: TransitionCause) {
    super('ERR_TICKRING_STATE', `'${cause}' cannot happen in state '${from}'; please report this`);
  }
}

/** One connection's place in the table. */
export class StateMachine {
  #state: ConnectionState = 'disconnected';
  #since = Date.now();
  readonly #onChange: (change: StateChange) => void;

  constructor(onChange: (change: StateChange) => void) {
    this.#onChange = onChange;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** When it came to this state, ms since the epoch. */
  get since(): number {
    return this.#since;
  }

  /** @throws StateError when the table has no such transition; the state stays */
  move(cause: TransitionCause): void {
    const from = this.#state;
    const to = TRANSITIONS[from][cause];
    if (to === undefined) throw new StateError(from, cause);
    this.#state = to;
    this.#since = Date.now();
    this.#onChange({ from, to, cause, at: this.#since });
  }
}

import { type Asked, PendingRequests } from '../feed/pending-requests.ts';
import type { KalshiMessage } from './messages.ts';
import { type CommandName, commandMessage, type Params } from './protocol.ts';

export type Answer = Extract<
  KalshiMessage,
  { readonly type: 'subscribed' | 'unsubscribed' | 'ok' | 'list' | 'error' | 'data' }
>;

/** What became of a command. `lost`: its connection is gone, or was not there. */
export type Outcome =
  | { readonly type: 'answered'; readonly answer: Answer }
  | { readonly type: 'unanswered' }
  | { readonly type: 'lost' };

/** A command that has not been answered. */
interface Pending extends Asked {
  readonly name: CommandName;
  readonly params: Params | undefined;
  /** It has an answer for each market: it is over when its sender says so. */
  readonly hasSeveral: boolean;
  readonly settle: (outcome: Outcome) => void;
}

const LOST: Outcome = { type: 'lost' };

/** Sends commands and ties answers to them; every command comes to an end, if only by time-out. */
export class Commands {
  readonly #send: (connection: number, text: string) => boolean;
  readonly #pending: PendingRequests<Pending>;

  /** @param timeout ms that an answer may take */
  constructor(timeout: number, send: (connection: number, text: string) => boolean) {
    this.#send = send;
    this.#pending = new PendingRequests(timeout, ({ settle }) => settle({ type: 'unanswered' }));
  }

  /**
   * Asks.
   *
   * @param settle told how it ended, once; with `hasSeveral`, of each answer until `end`
   * @returns the command's number
   */
  send(
    connection: number,
    name: CommandName,
    params: Params | undefined,
    settle: (outcome: Outcome) => void,
    hasSeveral = false,
  ): number {
    const id = this.#pending.nextId();
    this.#pending.begin({ id, connection, name, params, hasSeveral, settle });
    if (this.#send(connection, commandMessage(id, name, params))) return id;
    this.#pending.end(id);
    settle(LOST);
    return id;
  }

  /** Nothing more is expected as an answer to this. */
  end(id: number): void {
    this.#pending.end(id);
  }

  /** Whether the message is the answer to a command; whoever sent that is told. */
  answered(connection: number, answer: Answer): boolean {
    const pending = answer.id === undefined ? this.#guess(connection, answer) : this.#pending.get(answer.id);
    if (pending?.connection !== connection) return false;
    if (!pending.hasSeveral) this.#pending.end(pending.id);
    pending.settle({ type: 'answered', answer });
    return true;
  }

  /** The connection is gone, and with it its answers. */
  forget(connection: number): void {
    for (const { settle } of this.#pending.forget(connection)) settle(LOST);
  }

  stop(): void {
    this.#pending.stop();
  }

  /** Answers of old had no id. */
  #guess(connection: number, answer: Answer): Pending | undefined {
    const { type, sid } = answer;
    for (const pending of this.#pending.of(connection)) {
      const { name, params = {} } = pending;
      const { sids, channels } = params as { sids?: readonly number[]; channels?: readonly string[] };
      if (type === 'unsubscribed' && name === 'unsubscribe' && sids?.[0] === sid) return pending;
      if (type === 'subscribed' && name === 'subscribe' && channels?.[0] === answer.channel) return pending;
      if (type === 'list' && name === 'list_subscriptions') return pending;
    }
    return undefined;
  }
}

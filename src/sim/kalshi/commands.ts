import { type Command, type Params, parseCommand } from './command.ts';
import { CommandError } from './error-codes.ts';
import { REFERENCES } from './indices.ts';
import type { Session } from './session.ts';
import type { InjectedCounters } from './stats.ts';
import type { Subscription } from './subscription.ts';
import type { DeskContext, SubscriptionDesk } from './subscription-desk.ts';

/** What became of a command: 0, or the code of the error that it got; `undefined` when it was ignored. */
export type Outcome = number | undefined;

/** Carries out what clients ask for. */
export class Commands {
  readonly #context: DeskContext;
  readonly #desk: SubscriptionDesk;
  readonly #injected: InjectedCounters;

  constructor(context: DeskContext, desk: SubscriptionDesk, injected: InjectedCounters) {
    this.#context = context;
    this.#desk = desk;
    this.#injected = injected;
  }

  /** Carries out a client's message, and answers it. */
  execute(session: Session, text: string): { command: Command | undefined; outcome: Outcome } {
    let command: Command | undefined;
    try {
      command = parseCommand(text);
      if (session.commandsToIgnore > 0) {
        session.commandsToIgnore--;
        this.#injected.commandsIgnored++;
        return { command, outcome: undefined };
      }
      const ordered = session.commandErrors.shift();
      if (ordered !== undefined) {
        this.#injected.commandsRefused++;
        session.error(ordered, { id: command.id });
        return { command, outcome: ordered };
      }
      if (!session.commandRate.allow()) throw new CommandError(27);
      return { command, outcome: this.#carryOut(session, command) };
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      this.#refuse(session, command?.id, error);
      return { command, outcome: error.code };
    }
  }

  #carryOut(session: Session, { name, params, id }: Command): number {
    switch (name) {
      case 'subscribe':
        return this.#subscribe(session, required(params), id);
      case 'unsubscribe':
        return this.#unsubscribe(session, required(params), id);
      case 'update_subscription':
        this.#update(session, required(params), id);
        return 0;
      case 'list_subscriptions':
        this.#list(session, id);
        return 0;
      default:
        throw new CommandError(5);
    }
  }

  /** Every channel gets its own answer, also when another cannot be had. Returns the last error, 0 without one. */
  #subscribe(session: Session, params: Params, id: number | undefined): number {
    const names = params.texts('channels') ?? [];
    if (names.length === 0) throw new CommandError(3);
    return this.#each(names, session, id, (name) => this.#desk.subscribe(session, name, params, id));
  }

  #unsubscribe(session: Session, params: Params, id: number | undefined): number {
    const sids = params.integers('sids') ?? [];
    if (sids.length === 0) throw new CommandError(4);
    return this.#each(sids, session, id, (sid) => {
      this.#desk.unsubscribe(session, subscriptionOf(session, sid), id);
    });
  }

  #update(session: Session, params: Params, id: number | undefined): void {
    const sid = params.integer('sid');
    const sids = params.integers('sids') ?? [];
    const [only, ...more] = sid === undefined ? sids : [sid, ...sids];
    if (only === undefined || more.length > 0) throw new CommandError(12);
    const subscription = subscriptionOf(session, only);
    const action = params.text('action') ?? '';
    if (action === '') throw new CommandError(15);
    this.#act(session, subscription, action, params, id);
  }

  #act(
    session: Session,
    subscription: Subscription,
    action: string,
    params: Params,
    id: number | undefined,
  ): void {
    const desk = this.#desk;
    const { filter } = subscription.channel;
    const isOfReferences = filter === 'indices' || filter === 'underlyings';
    const [add, remove, list] =
      filter === 'indices'
        ? ['subscribe_indices', 'unsubscribe_indices', 'indexlist']
        : ['subscribe_underlyings', 'unsubscribe_underlyings', 'underlying_list'];
    if (isOfReferences && action === add) desk.changeReferences(session, subscription, params, id, 'add');
    else if (isOfReferences && action === remove)
      desk.changeReferences(session, subscription, params, id, 'remove');
    else if (isOfReferences && action === list) this.#listReferences(session, subscription, id);
    else if (action === 'add_markets') desk.addMarkets(session, subscription, params, id);
    else if (action === 'delete_markets') desk.deleteMarkets(session, subscription, params, id);
    else if (action === 'get_snapshot' && this.#context.form.getSnapshot) {
      desk.getSnapshot(session, subscription, params, id);
    } else throw new CommandError(13, subscription.sid);
  }

  #list(session: Session, id: number | undefined): void {
    const all = [...session.subscriptions].map(({ channel, sid }) => ({ channel: channel.name, sid }));
    const name = this.#context.form.acksWithSeq ? 'msg' : 'subscriptions';
    session.ack('ok', { id }, `"${name}":${JSON.stringify(all)}`);
  }

  #listReferences(session: Session, subscription: Subscription, id: number | undefined): void {
    const { name, filter } = subscription.channel;
    const known = REFERENCES.get(name) ?? [];
    const msg = filter === 'indices' ? { index_ids: known } : { underlying_tickers: [...known].sort() };
    const type = filter === 'indices' ? `${name}_indexlist` : `${name}_underlying_list`;
    session.ack(type, { id, subscription }, `"msg":${JSON.stringify(msg)}`);
  }

  #each<T>(items: readonly T[], session: Session, id: number | undefined, what: (item: T) => void): number {
    let outcome = 0;
    for (const item of new Set(items)) {
      try {
        what(item);
      } catch (error) {
        if (!(error instanceof CommandError)) throw error;
        this.#refuse(session, id, error);
        outcome = error.code;
      }
    }
    return outcome;
  }

  #refuse(session: Session, id: number | undefined, { code, sid }: CommandError): void {
    const subscription = sid === undefined ? undefined : session.subscription(sid);
    session.error(code, { id, ...(subscription && { subscription }) });
  }
}

function required(params: Params | undefined): Params {
  if (params === undefined) throw new CommandError(2);
  return params;
}

function subscriptionOf(session: Session, sid: number): Subscription {
  const subscription = session.subscription(sid);
  if (subscription === undefined) throw new CommandError(7);
  return subscription;
}

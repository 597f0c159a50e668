import { Account } from './account.ts';
import { AccountMessages } from './account-messages.ts';
import { Communications } from './communications.ts';
import type { WireForm } from './era.ts';
import type { Exchange } from './exchange.ts';
import { Indices } from './indices.ts';
import type { ResolvedKey } from './keys.ts';
import { Lifecycle } from './lifecycle.ts';
import type { Publisher } from './publisher.ts';

export interface ScriptOptions {
  readonly seed: number;
  readonly form: WireForm;
  readonly exchange: Exchange;
  readonly publisher: Publisher;
  /** Those that are let in just now. */
  readonly keys: () => Iterable<ResolvedKey>;
}

/** What happens beside the markets' own walk: users trade, quotes are asked for, markets come and go, indices move. */
export class Script {
  readonly #options: ScriptOptions;
  readonly #messages: AccountMessages;
  readonly #accounts = new Map<string, Account>();
  readonly #communications: Communications;
  readonly #lifecycle: Lifecycle;
  readonly #indices: Indices;
  #acts = 0;

  constructor(options: ScriptOptions) {
    const { form, seed, exchange, publisher } = options;
    this.#options = options;
    this.#messages = new AccountMessages(form);
    this.#communications = new Communications({ seed, form, exchange, publisher });
    this.#lifecycle = new Lifecycle({ seed, form, exchange, publisher });
    this.#indices = new Indices(seed, exchange, publisher);
  }

  /** Does the next thing. */
  act(): void {
    const keys = [...this.#options.keys()];
    const users = [...new Set(keys.map(({ user }) => user))];
    const turn = this.#acts++;
    const round = Math.floor(turn / 4);
    if (turn % 4 === 0) this.#indices.act();
    else if (turn % 4 === 1) this.#accountAct(users[round % Math.max(1, users.length)], keys);
    else if (turn % 4 === 2) this.#communications.act(users);
    else this.#lifecycle.act();
  }

  #accountAct(user: string | undefined, keys: readonly ResolvedKey[]): void {
    if (user === undefined) return;
    const subaccounts = keys.filter((key) => key.user === user).map(({ subaccount }) => subaccount ?? 0);
    this.#account(user).act([...new Set(subaccounts)].filter((subaccount) => subaccount > 0));
  }

  #account(user: string): Account {
    const { seed, exchange, publisher } = this.#options;
    const known = this.#accounts.get(user);
    if (known !== undefined) return known;
    const account = new Account({ user, seed, exchange, publisher, messages: this.#messages });
    this.#accounts.set(user, account);
    return account;
  }
}

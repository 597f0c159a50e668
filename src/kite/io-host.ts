import type { MessagePort } from 'node:worker_threads';
import { TickringError } from '../errors.ts';
import { FeedMemory } from '../feed/feed-memory.ts';
import { ErrorPacker } from '../feed/packed-error.ts';
import { Account, type PortableAccount, type TokenProvider } from './accounts.ts';
import { type EngineListener, KiteEngine } from './engine.ts';
import type { KiteFeedEvents } from './events.ts';
import { type Command, type FromWorker, type IoTask, packValues, type ToWorker } from './io-messages.ts';

/** Subscriptions are posted at most this often, ms, unless an event goes with them. */
const SUBSCRIPTIONS_INTERVAL = 50;
/** Reports with subscriptions that the feed has not seen so far: beyond these, a thread that blocks gets no more. */
const MOST_UNSEEN = 8;
/** How often it is noted when connections heard something last, ms. */
const HEARD_INTERVAL = 100;

interface Question {
  resolve(token: string): void;
  reject(error: Error): void;
}

/**
 * The worker's end of a feed with `io: 'worker'`: runs its engine, does what it is told, and reports. It waits for nothing
 * that the feed's thread does, except the tokens of a provider.
 */
export class IoHost implements EngineListener {
  readonly #port: MessagePort;
  readonly #engine: KiteEngine;
  readonly #accounts = new Map<string, Account>();
  readonly #packer = new ErrorPacker();
  readonly #heard: Float64Array;
  readonly #questions = new Map<number, Question>();
  #asked = 0;
  /** The last command that has been done. */
  #done = 0;
  #changed: 'nothing' | 'report' | 'subscriptions' = 'nothing';
  #unseen = 0;
  #subscriptionsAt = 0;
  #soon: NodeJS.Immediate | undefined;
  #later: NodeJS.Timeout | undefined;

  constructor(port: MessagePort, { options, accounts, memory, heard }: IoTask) {
    this.#port = port;
    this.#heard = new Float64Array(heard);
    for (const account of accounts) this.#accounts.set(account.id, new Account(this.#credentialsOf(account)));
    this.#engine = new KiteEngine(options, this.#accounts, FeedMemory.attach(memory), this);
    setInterval(() => this.#noteHeard(), HEARD_INTERVAL).unref();
    port.on('message', (message: ToWorker) => this.#receive(message));
  }

  event<Name extends keyof KiteFeedEvents>(name: Name, ...values: KiteFeedEvents[Name]): void {
    // First, so that whoever is told of the event finds the feed as it was then.
    this.#report(name === 'state' || name === 'gave-up' || name === 'unplaced', true);
    this.#post({ type: 'event', name, values: packValues(this.#packer, name, values) });
  }

  changed(what: 'report' | 'subscriptions'): void {
    if (this.#changed !== 'subscriptions') this.#changed = what;
    this.#reportSoon();
  }

  ended(): void {}

  #receive(message: ToWorker): void {
    switch (message.type) {
      case 'commands':
        for (const command of message.commands) this.#do(command);
        this.#done = message.upTo;
        this.changed('report');
        break;
      case 'start':
        void this.#start(message.call);
        break;
      case 'close':
        void this.#close(message.deadline);
        break;
      case 'seen':
        this.#unseen -= 1;
        if (this.#changed === 'subscriptions') this.#reportSoon();
        break;
      case 'token':
        this.#answer(message.call)?.resolve(message.token);
        break;
      case 'no-token':
        this.#answer(message.call)?.reject(this.#packer.adopt(message.error));
        break;
    }
  }

  #do(command: Command): void {
    try {
      if (command.type === 'subscribe')
        this.#engine.subscribe([...command.tokens], command.mode, command.account);
      else if (command.type === 'unsubscribe') this.#engine.unsubscribe([...command.tokens]);
      else if (command.type === 'set-mode') this.#engine.setMode([...command.tokens], command.mode);
      else this.#updateCredentials(command.account);
    } catch (error) {
      if (!(error instanceof TickringError)) throw error;
      // It could be done as far as the feed knew: connections have been lost meanwhile.
      this.event('error', error, undefined);
    }
  }

  async #start(call: number): Promise<void> {
    try {
      await this.#engine.start();
      this.#report(true);
      this.#post({ type: 'started', call });
    } catch (error) {
      this.#post({ type: 'not-started', call, error: this.#packer.pack(error) });
    }
  }

  async #close(deadline: number): Promise<void> {
    await this.#engine.close(deadline);
    this.changed('subscriptions');
    this.#report(true);
    this.#post({ type: 'closed' });
  }

  #updateCredentials(credentials: PortableAccount): void {
    const account = this.#accounts.get(credentials.id)!;
    account.update(this.#credentialsOf(credentials));
    this.#engine.credentialsChanged(account);
  }

  #credentialsOf({ id, apiKey, accessToken }: PortableAccount) {
    return { id, apiKey, accessToken: accessToken ?? this.#provider };
  }

  /** The provider is a function of the feed's thread: it is asked there. */
  readonly #provider: TokenProvider = ({ account, refused }) => {
    const call = ++this.#asked;
    this.#post({ type: 'ask-token', call, account, refused });
    return new Promise((resolve, reject) => this.#questions.set(call, { resolve, reject }));
  };

  #answer(call: number): Question | undefined {
    const question = this.#questions.get(call);
    this.#questions.delete(call);
    return question;
  }

  #reportSoon(): void {
    this.#soon ??= setImmediate(() => {
      this.#soon = undefined;
      const wait = this.#subscriptionsAt + SUBSCRIPTIONS_INTERVAL - performance.now();
      this.#report(wait <= 0);
      if (this.#changed === 'subscriptions' && wait > 0) this.#reportLater(wait);
    });
  }

  #reportLater(wait: number): void {
    this.#later ??= setTimeout(() => {
      this.#later = undefined;
      this.#report(true);
    }, wait);
  }

  /**
   * Reports what has changed.
   *
   * @param all with subscriptions, if those have
   * @param leads an event follows
   */
  #report(all: boolean, leads = false): void {
    if (this.#changed === 'nothing') return;
    const full = all && this.#changed === 'subscriptions' && this.#unseen < MOST_UNSEEN;
    this.#noteHeard();
    const { connections, ...rest } = this.#engine.report();
    const subscriptions = full ? this.#engine.subscriptions.save() : undefined;
    const report = {
      ...rest,
      connections: connections.map((connection) => ({
        ...connection,
        lastError: connection.lastError && this.#packer.pack(connection.lastError),
      })),
    };
    const message: FromWorker = { type: 'report', done: this.#done, leads, report, subscriptions };
    this.#port.postMessage(message, subscriptions ? [subscriptions.entries.buffer] : []);
    if (this.#changed === 'report' || full) this.#changed = 'nothing';
    if (!full) return;
    this.#unseen += 1;
    this.#subscriptionsAt = performance.now();
  }

  #noteHeard(): void {
    for (const { connection, heardAt } of this.#engine.report().connections)
      this.#heard[connection] = heardAt;
  }

  #post(message: FromWorker): void {
    this.#port.postMessage(message);
  }
}

import { Worker } from 'node:worker_threads';
import { ArgumentError, ClosedError, ConnectionError, type TickringError } from '../errors.ts';
import type { FeedMemory } from '../feed/feed-memory.ts';
import type { SavedSubscriptions, Subscriptions } from '../feed/subscriptions.ts';
import type { Account } from './accounts.ts';
import {
  type Engine,
  type EngineListener,
  type EngineOptions,
  type EngineReport,
  newSubscriptions,
} from './engine.ts';
import { ErrorMemory } from './io-errors.ts';
import {
  type Command,
  type FromWorker,
  type IoTask,
  type PackedReport,
  type ToWorker,
  unpackValues,
} from './io-messages.ts';
import type { Mode } from './tick.ts';

const WORKER = new URL('./io-worker.js', import.meta.url);

/** How much longer than its deadline closing may take before the worker is cut off, ms. */
const CLOSE_GRACE = 10_000;

const NOBODY = { onNeeded: () => {}, onChanged: () => {} };

const NEVER_OPENED = {
  state: 'disconnected',
  since: 0,
  epoch: 0,
  heardAt: 0,
  reconnects: 0,
  lastError: undefined,
} as const;

interface Call {
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * The feed's end of an engine in a worker. Commands are posted; reports come back whenever something has changed. What is
 * wanted is foretold: the last reported subscriptions, with the commands since then done on top, so that it can be
 * asked for and checked at once.
 */
export class RemoteEngine implements Engine {
  readonly #options: EngineOptions;
  readonly #accounts: ReadonlyMap<string, Account>;
  readonly #memory: FeedMemory;
  readonly #listener: EngineListener;
  readonly #heard: Float64Array<SharedArrayBuffer>;
  readonly #errors = new ErrorMemory();
  readonly #calls = new Map<number, Call>();
  #called = 0;
  /** Commands that reported subscriptions do not show so far. */
  #commands: Command[] = [];
  /** How many there have been; how many of them were posted, and done. */
  #given = 0;
  #posted = 0;
  #done = 0;
  #subscriptions: Subscriptions<Mode>;
  /** Newer than `#subscriptions`, and not yet looked at. */
  #saved: SavedSubscriptions<Mode> | undefined;
  #report: EngineReport;
  #worker: Worker | undefined;
  /** Resolves when the worker has closed everything, or is gone. */
  #finished: Promise<void> | undefined;
  #finish = () => {};
  #closing: Promise<void> | undefined;

  constructor(
    options: EngineOptions,
    accounts: ReadonlyMap<string, Account>,
    memory: FeedMemory,
    listener: EngineListener,
  ) {
    this.#options = options;
    this.#accounts = accounts;
    this.#memory = memory;
    this.#listener = listener;
    const { places } = options;
    this.#heard = new Float64Array(new SharedArrayBuffer(places.length * 8));
    this.#subscriptions = newSubscriptions(options, NOBODY);
    this.#report = {
      phase: 'idle',
      connections: places.map((place) => ({ ...place, ...NEVER_OPENED })),
      malformedTexts: 0,
    };
  }

  get subscriptions(): Subscriptions<Mode> {
    if (this.#saved) {
      this.#subscriptions = newSubscriptions(this.#options, NOBODY);
      this.#subscriptions.restore(this.#saved);
      this.#saved = undefined;
      for (const command of this.#commands) foretell(this.#subscriptions, command);
    }
    return this.#subscriptions;
  }

  get settled(): boolean {
    return this.#done === this.#given;
  }

  report(): EngineReport {
    const { connections, ...rest } = this.#report;
    return {
      ...rest,
      phase: this.#closing ? 'closed' : rest.phase,
      connections: connections.map((connection) => ({
        ...connection,
        heardAt: this.#heard[connection.connection]!,
      })),
    };
  }

  /** @throws ClosedError, DecoderError; ArgumentError for options that cannot be posted to a worker */
  async start(): Promise<void> {
    if (this.#closing) throw new ClosedError('this feed');
    this.#worker ??= this.#spawn();
    const call = ++this.#called;
    await new Promise<void>((resolve, reject) => {
      this.#calls.set(call, { resolve, reject });
      this.#postCommands();
      this.#post({ type: 'start', call });
    });
  }

  subscribe(tokens: readonly number[], mode: Mode, account: string | undefined): void {
    this.subscriptions.add(tokens, mode, account);
    this.#command({ type: 'subscribe', tokens: Uint32Array.from(tokens), mode, account });
  }

  unsubscribe(tokens: readonly number[]): void {
    this.subscriptions.remove(tokens);
    this.#command({ type: 'unsubscribe', tokens: Uint32Array.from(tokens) });
  }

  setMode(tokens: readonly number[], mode: Mode): number[] {
    const unknown = this.subscriptions.setMode(tokens, mode);
    this.#command({ type: 'set-mode', tokens: Uint32Array.from(tokens), mode });
    return unknown;
  }

  credentialsChanged(account: Account): void {
    this.#command({ type: 'credentials', account: account.portable() });
  }

  close(deadline: number): Promise<void> {
    this.#closing ??= this.#close(deadline);
    return this.#closing;
  }

  async #close(deadline: number): Promise<void> {
    const worker = this.#worker;
    if (worker) {
      this.#post({ type: 'close', deadline });
      const cut = setTimeout(() => void worker.terminate(), deadline + CLOSE_GRACE);
      await this.#finished;
      clearTimeout(cut);
      await worker.terminate();
    }
    this.#end();
  }

  /** Nobody writes any more: readers end, and so does everyone who waits for the worker. */
  #end(): void {
    this.#memory.close();
    for (const call of this.#calls.values()) call.reject(new ClosedError('this feed'));
    this.#calls.clear();
    const connections = this.#report.connections.map((connection) =>
      connection.state === 'disconnected' ? connection : { ...connection, state: 'closed' as const },
    );
    this.#report = { ...this.#report, connections };
  }

  #spawn(): Worker {
    const workerData: IoTask = {
      options: this.#options,
      accounts: [...this.#accounts.values()].map((account) => account.portable()),
      memory: this.#memory.handle,
      heard: this.#heard.buffer,
    };
    let worker: Worker;
    try {
      // A program given with --eval says of what type it is; for the worker's file that would be an error.
      const evaluated = process.execArgv.some((argument) => argument.startsWith('--input-type'));
      worker = new Worker(WORKER, { workerData, name: 'tickring-io', ...(evaluated && { execArgv: [] }) });
    } catch (cause) {
      throw new ArgumentError("with io: 'worker', options must be plain data: they go to another thread", {
        cause,
      });
    }
    this.#finished = new Promise((resolve) => {
      this.#finish = resolve;
    });
    let words = '';
    worker.on('message', (message: FromWorker) => this.#receive(message));
    worker.on('error', (error: Error) => {
      words = `: ${this.#redact(error?.message ?? String(error))}`;
    });
    worker.on('exit', (code) => this.#exited(words || ` with code ${code}`));
    return worker;
  }

  #exited(words: string): void {
    this.#finish();
    if (this.#closing) return;
    const error = new ConnectionError(
      `the I/O thread ended unexpectedly${words}; this feed is closed, make another one`,
    );
    this.#worker = undefined;
    this.#closing = Promise.resolve();
    for (const call of this.#calls.values()) call.reject(error);
    this.#calls.clear();
    this.#end();
    // First, so that nobody who is told takes the feed for open.
    this.#listener.ended();
    this.#listener.event('error', error, undefined);
  }

  #redact(text: string): string {
    let redacted = text;
    for (const account of this.#accounts.values()) redacted = account.redact(redacted);
    return redacted;
  }

  #command(command: Command): void {
    if (this.#given === this.#posted && this.#worker) queueMicrotask(() => this.#postCommands());
    this.#given += 1;
    this.#commands.push(command);
  }

  #postCommands(): void {
    const left = this.#given - this.#posted;
    if (left === 0) return;
    this.#posted = this.#given;
    this.#post({ type: 'commands', upTo: this.#given, commands: this.#commands.slice(-left) });
  }

  #receive(message: FromWorker): void {
    switch (message.type) {
      case 'report':
        this.#reported(message.report, message.done, message.subscriptions);
        if (!message.leads) this.#listener.changed(message.subscriptions ? 'subscriptions' : 'report');
        break;
      case 'event': {
        const values = unpackValues((packed) => this.#errors.unpack(packed), message.name, message.values);
        this.#listener.event(message.name, ...(values as never));
        break;
      }
      case 'started':
        this.#call(message.call)?.resolve();
        break;
      case 'not-started':
        this.#call(message.call)?.reject(this.#errors.unpack(message.error));
        break;
      case 'ask-token':
        void this.#answer(message.call, message.account, message.refused);
        break;
      case 'closed':
        this.#finish();
        break;
    }
  }

  #call(number: number): Call | undefined {
    const call = this.#calls.get(number);
    this.#calls.delete(number);
    return call;
  }

  #reported(
    { connections, ...rest }: PackedReport,
    done: number,
    subscriptions: SavedSubscriptions<Mode> | undefined,
  ): void {
    this.#done = done;
    this.#report = {
      ...rest,
      connections: connections.map((connection) => ({
        ...connection,
        lastError: connection.lastError && (this.#errors.keep(connection.lastError) as TickringError),
      })),
    };
    if (subscriptions) {
      this.#saved = subscriptions;
      this.#commands = done === this.#given ? [] : this.#commands.slice(done - this.#given);
      this.#post({ type: 'seen' });
    }
  }

  async #answer(call: number, account: string, refused: boolean): Promise<void> {
    try {
      const token = await this.#accounts.get(account)!.token(refused);
      this.#post({ type: 'token', call, token });
    } catch (thrown) {
      this.#post({ type: 'no-token', call, error: this.#errors.lend(thrown) });
    }
  }

  #post(message: ToWorker): void {
    this.#worker?.postMessage(message);
  }
}

/** What a command is going to do. Where the worker finds otherwise, it says so, and its next report shows it. */
function foretell(subscriptions: Subscriptions<Mode>, command: Command): void {
  try {
    if (command.type === 'subscribe') subscriptions.add([...command.tokens], command.mode, command.account);
    else if (command.type === 'unsubscribe') subscriptions.remove([...command.tokens]);
    else if (command.type === 'set-mode') subscriptions.setMode([...command.tokens], command.mode);
  } catch {
    // No room any more.
  }
}

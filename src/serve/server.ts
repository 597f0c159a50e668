import { Worker } from 'node:worker_threads';
import { ClosedError } from '../errors.ts';
import { answerCall } from './calls.ts';
import type { FromHttp, HttpTask, ToHttp } from './control.ts';
import { checkDependencies } from './dependencies.ts';
import { ServerError } from './errors.ts';
import { Feeds, type OwnFeeds } from './feeds.ts';
import type { ServeOptions } from './options.ts';

const WORKER = new URL('./http-worker.js', import.meta.url);

/** How much of a shutdown's deadline goes to the clients; the rest is the feeds'. */
const CLIENTS_SHARE = 0.6;

/**
 * Feeds on this thread, and a thread of its own that serves them over HTTP: it reads shared memory, and asks this thread only for
 * what is control. However many clients there are, feeds do not notice.
 */
export class Server {
  /** `http://127.0.0.1:3000/` */
  readonly url: string;
  /** Rejects when the server's thread ends unexpectedly; resolves when it was closed. */
  readonly ended: Promise<void>;
  readonly #options: ServeOptions;
  readonly #feeds: Feeds;
  readonly #worker: Worker;
  #closing: Promise<void> | undefined;

  private constructor(options: ServeOptions, feeds: Feeds, worker: Worker, port: number) {
    this.#options = options;
    this.#feeds = feeds;
    this.#worker = worker;
    const host = options.host.includes(':') ? `[${options.host}]` : options.host;
    this.url = `${options.tls ? 'https' : 'http'}://${host}:${port}/`;
    this.ended = new Promise((resolve, reject) => {
      let cause: Error | undefined;
      worker.on('error', (error: Error) => {
        cause = error;
      });
      worker.on('exit', () => {
        if (this.#closing) resolve();
        else
          reject(
            new ServerError('FAILED', `the server's thread ended unexpectedly: ${cause?.message ?? ''}`, {
              cause,
            }),
          );
      });
    });
    this.ended.catch(() => {});
  }

  /**
   * Starts simulators, feeds and the server; resolves when it listens, whether or not the services answer.
   *
   * @param own feeds of the program's own, by venue: they are served, and stay open in the end
   * @throws ArgumentError, DependencyError; ServerError when it cannot listen
   */
  static async start(options: ServeOptions, own: OwnFeeds = {}): Promise<Server> {
    checkDependencies();
    const feeds = await Feeds.open(options, own);
    const workerData: HttpTask = { options, venues: feeds.served(), startedAt: Date.now() };
    const worker = new Worker(WORKER, { workerData, name: 'tickring-http' });
    try {
      const port = await listening(worker, feeds);
      const server = new Server(options, feeds, worker, port);
      await feeds.start((message) => worker.postMessage(message));
      return server;
    } catch (error) {
      await Promise.all([worker.terminate(), feeds.close(0)]);
      throw error;
    }
  }

  /**
   * Takes no more requests, tells the clients of streams, lets answers that are under way finish, closes feeds. Never takes longer
   * than `shutdown`; what is not done by then is cut off. Idempotent; never rejects.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    const until = performance.now() + this.#options.shutdown;
    const deadline = this.#options.shutdown * CLIENTS_SHARE;
    const ended = this.ended.catch(() => {});
    this.#worker.postMessage({ type: 'close', deadline } satisfies ToHttp);
    const cut = setTimeout(() => void this.#worker.terminate(), deadline + 500);
    await ended;
    clearTimeout(cut);
    await this.#feeds.close(Math.max(0, until - performance.now()));
  }
}

/** Has the feeds do what the worker asks for; resolves with the port that it listens on. */
function listening(worker: Worker, feeds: Feeds): Promise<number> {
  return new Promise((resolve, reject) => {
    worker.on('message', async (message: FromHttp) => {
      if (message.type === 'call') worker.postMessage(await answerCall(feeds, message));
      else if (message.type === 'listening') resolve(message.port);
      else if (message.type === 'refused') reject(new ServerError('START', message.message));
    });
    worker.once('error', reject);
    worker.once('exit', () => reject(new ClosedError('the server')));
  });
}

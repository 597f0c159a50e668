import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { type Answer, Caller } from '../calls.ts';
import type { ServeContext } from '../context.ts';
import type { ControlMethods, FromHttp, HttpTask, ToHttp } from '../control.ts';
import { Directory } from '../directory.ts';
import { LoopWatch } from '../loop-delays.ts';
import { ServerMetrics } from '../metrics/server-metrics.ts';
import { newServerCounts } from '../server-counts.ts';
import { EventLog } from '../streams/event-log.ts';
import { RecordHub } from '../streams/record-hub.ts';
import { SseRoom } from '../streams/sse-room.ts';
import { StreamHub } from '../streams/stream-hub.ts';
import { makeApp } from './app.ts';
import { readDashboard } from './assets.ts';
import { Cached } from './cached.ts';
import { Guard } from './guard.ts';
import { openLogger } from './logger.ts';

/** How long the feeds' thread may take to tell how it is, ms. */
const DEADLINE = 2000;
/** It is asked at most this often, ms. */
const FRESH_FOR = 250;

/** The server on its thread: the routes, what they have at hand, and what the feeds' thread tells. */
export class HttpHost {
  readonly #context: ServeContext;
  readonly #app: FastifyInstance;
  readonly #ready: Set<string>;
  #closing = false;

  private constructor(context: ServeContext, app: FastifyInstance, ready: Set<string>) {
    this.#context = context;
    this.#app = app;
    this.#ready = ready;
  }

  /** Makes it, without listening yet. */
  static async open(task: HttpTask, post: (message: FromHttp) => void): Promise<HttpHost> {
    const { options, startedAt } = task;
    const directory = await Directory.open(task.venues);
    const control = new Caller<ControlMethods>("the feeds' thread", post);
    const counts = newServerCounts();
    const room = new SseRoom(options, counts);
    const assets = readDashboard();
    const ready = new Set<string>();
    const context: ServeContext = {
      options,
      startedAt,
      directory,
      control,
      symbols: new Cached(() => control.call(DEADLINE, 'symbols'), FRESH_FOR),
      health: new Cached(() => control.call(DEADLINE, 'health'), FRESH_FOR),
      stats: new Cached(() => control.call(DEADLINE, 'stats'), FRESH_FOR),
      ready,
      guard: new Guard(options, (path) => assets.has(path)),
      assets,
      room,
      streams: new StreamHub(directory, room, options, counts),
      records: new RecordHub(options, counts),
      events: new EventLog(room),
      counts,
      metrics: await ServerMetrics.open(),
      loop: new LoopWatch(),
      log: await openLogger(options.logLevel),
    };
    return new HttpHost(context, await makeApp(context), ready);
  }

  /** Resolves with the port. Rejects with the system's error. */
  async listen(): Promise<number> {
    const { host, port } = this.#context.options;
    await this.#app.listen({ host, port });
    const address = this.#app.server.address() as AddressInfo;
    this.#context.log.info({ host, port: address.port }, 'listening');
    return address.port;
  }

  /** What the feeds' thread says. */
  receive(message: Exclude<ToHttp, { type: 'close' }>): void {
    const { control, events, streams, symbols, directory, log } = this.#context;
    if (message.type === 'answer') {
      control.settle(message satisfies Answer);
    } else if (message.type === 'event') {
      const { event } = message;
      events.append(event);
      const { type, venue, symbol } = event;
      if (type === 'resync') streams.touch(venue, String(symbol));
      log.info(event, `feed: ${type}`);
    } else if (message.type === 'names') {
      const gone = directory.update(message.venue, message.names);
      symbols.forget();
      streams.namesChanged(message.venue, gone);
    } else {
      const { venue, state, previous, at } = message;
      if (state === 'subscribed') this.#ready.add(venue);
      streams.stateChanged(venue, { state, previous, at });
    }
  }

  /**
   * Takes no more requests, tells the clients of streams, lets answers that are under way finish.
   *
   * @param deadline ms, after which what is left is cut off
   */
  async close(deadline: number): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    const { room, streams, records, loop, log } = this.#context;
    log.info({ streams: room.size, records: records.size }, 'closing');
    const closed = this.#app.close();
    streams.close();
    room.close();
    records.close();
    const cut = setTimeout(() => {
      this.#app.server.closeAllConnections();
      records.destroy();
    }, deadline);
    await closed;
    clearTimeout(cut);
    records.destroy();
    loop.close();
    log.info({}, 'closed');
  }
}

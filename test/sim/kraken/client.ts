import { once } from 'node:events';
import { KrakenSimulator, type KrakenSimulatorOptions } from 'tickring/sim';
import { afterEach, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { Json } from '../../support/json.ts';

/** What came, as `JSON.parse` reads it; only for fields without decimals. */
export type Frame = Json;

const running: KrakenSimulator[] = [];

/** A simulator that does only what it is told, ended with the test. */
export async function manual(options: KrakenSimulatorOptions = {}): Promise<KrakenSimulator> {
  const sim = new KrakenSimulator({
    rate: 0,
    accountRate: 0,
    heartbeatInterval: 0,
    idleTimeout: 0,
    startTime: Date.UTC(2026, 9, 9, 0, 34, 21),
    ...options,
  });
  running.push(sim);
  await sim.listen();
  return sim;
}

afterEach(async () => {
  for (const sim of running.splice(0)) await sim.close();
});

/** A bare client that keeps every text as it came. */
export class Client {
  readonly socket: WebSocket;
  readonly texts: string[] = [];
  #pongs = 0;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('error', () => {});
    socket.on('message', (data) => this.texts.push(data.toString()));
    socket.on('pong', () => this.#pongs++);
  }

  static async connect(url: string): Promise<Client> {
    const client = new Client(new WebSocket(url));
    await once(client.socket, 'open');
    return client;
  }

  send(message: object | string): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** Everything that was sent to it before has arrived. */
  async settle(): Promise<void> {
    const pongs = this.#pongs;
    this.socket.ping();
    await this.until(() => this.#pongs > pongs);
  }

  /** Sends a request, and returns what came for it: answers, and snapshots that are due at once. */
  async request(message: object | string): Promise<Frame[]> {
    await this.settle();
    const before = this.texts.length;
    this.send(message);
    await this.settle();
    return this.texts.slice(before).map(parse);
  }

  subscribe(channel: string, symbol: readonly string[] | undefined, more: object = {}): Promise<Frame[]> {
    return this.request({ method: 'subscribe', params: { channel, ...(symbol && { symbol }), ...more } });
  }

  /** What has arrived since the last call. */
  async take(): Promise<string[]> {
    await this.settle();
    return this.texts.splice(0);
  }

  async takeFrames(): Promise<Frame[]> {
    return (await this.take()).map(parse);
  }

  /** Waits for a state, as fast as it comes. */
  until(condition: () => boolean): Promise<boolean> {
    return until(condition);
  }
}

export async function until(condition: () => boolean): Promise<boolean> {
  return vi.waitUntil(condition, { timeout: 120_000, interval: 2 });
}

function parse(text: string): Frame {
  return JSON.parse(text);
}

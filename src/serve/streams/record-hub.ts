import type { WebSocket } from 'ws';
import { LAYOUT_VERSION } from '../../memory/arena-layout.ts';
import { RECORD_BYTES } from '../../memory/record-layout.ts';
import type { DirectoryVenue } from '../directory.ts';
import { RequestError } from '../errors.ts';
import type { ServeOptions } from '../options.ts';
import type { ServerCounts } from '../server-counts.ts';
import { BATCH_HEAD_BYTES, BATCH_VERSION } from './record-batch.ts';
import { RecordChannel, type RecordClient, type RecordKind } from './record-channel.ts';

/** WebSocket close codes. */
const GOING_AWAY = 1001;
const POLICY = 1008;

/** Batches are large: so many times the buffer of other streams may wait. */
const BUFFERS = 16;

type HubOptions = Pick<ServeOptions, 'interval' | 'maxStreams' | 'clientBuffer' | 'clientTimeout'>;

/** Raw records for programs: binary WebSocket messages, a batch each interval. */
export class RecordHub {
  readonly #options: HubOptions;
  readonly #counts: ServerCounts;
  /** By venue and kind; open while somebody reads. */
  readonly #channels = new Map<string, RecordChannel>();
  readonly #clients = new Map<RecordClient, RecordChannel>();
  readonly #timer: NodeJS.Timeout;
  #closing = false;

  constructor(options: HubOptions, counts: ServerCounts) {
    this.#options = options;
    this.#counts = counts;
    this.#timer = setInterval(() => this.#pump(), options.interval);
  }

  get size(): number {
    return this.#clients.size;
  }

  /** @throws RequestError when there are too many, or the server closes */
  check(): void {
    if (this.#closing) throw new RequestError('CLOSING', 'the server is shutting down');
    const { maxStreams } = this.#options;
    if (this.#clients.size >= maxStreams)
      throw new RequestError('TOO_MANY_STREAMS', `there are ${maxStreams} readers already`, {
        limit: maxStreams,
      });
  }

  /** @throws TooManyReadersError when the feed's rings have no place left */
  open(socket: WebSocket, venue: DirectoryVenue, kind: RecordKind, connection: number | undefined): void {
    const key = `${venue.venue} ${kind}`;
    let channel = this.#channels.get(key);
    if (!channel) {
      channel = new RecordChannel(venue, kind, this.#options.clientBuffer * BUFFERS, this.#counts);
      this.#channels.set(key, channel);
    }
    const client: RecordClient = { socket, connection, missed: new Map(), blockedSince: undefined };
    this.#clients.set(client, channel);
    socket.on('error', () => {});
    socket.on('close', () => this.#left(key, client));
    // It has nothing to say.
    socket.on('message', () => socket.close(POLICY));
    socket.send(
      JSON.stringify({
        type: 'hello',
        version: BATCH_VERSION,
        layout: LAYOUT_VERSION,
        recordBytes: RECORD_BYTES,
        headerBytes: BATCH_HEAD_BYTES,
        venue: venue.venue,
        kind,
        interval: this.#options.interval,
        connections: venue.connections,
      }),
    );
    channel.join(client);
  }

  /** Tells all of them, and ends their connections. */
  close(): void {
    this.#closing = true;
    clearInterval(this.#timer);
    for (const { socket } of this.#clients.keys()) {
      socket.send(JSON.stringify({ type: 'closing', reason: 'shutdown' }));
      socket.close(GOING_AWAY, 'shutdown');
    }
  }

  /** Those that have not closed are cut off, and rings are left. */
  destroy(): void {
    for (const { socket } of this.#clients.keys()) socket.terminate();
    for (const channel of this.#channels.values()) channel.close();
    this.#channels.clear();
  }

  #left(key: string, client: RecordClient): void {
    const channel = this.#clients.get(client);
    this.#clients.delete(client);
    channel?.clients.delete(client);
    if (!channel || channel.clients.size > 0) return;
    channel.close();
    this.#channels.delete(key);
  }

  #pump(): void {
    for (const channel of this.#channels.values()) channel.pump();
    const now = performance.now();
    for (const { socket, blockedSince } of this.#clients.keys()) {
      if (blockedSince === undefined || now - blockedSince < this.#options.clientTimeout) continue;
      this.#counts.cut += 1;
      socket.terminate();
    }
  }
}

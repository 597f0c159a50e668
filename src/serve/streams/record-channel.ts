import type { WebSocket } from 'ws';
import type { Arena } from '../../memory/arena.ts';
import type { ReaderKind } from '../../memory/reader-table.ts';
import { RecordReader } from '../../memory/record-reader.ts';
import type { DirectoryVenue } from '../directory.ts';
import type { ServerCounts } from '../server-counts.ts';
import { RawRecord } from './raw-records.ts';
import { type RecordBatch, takeBatch, withDropped } from './record-batch.ts';

/** Kinds of readers that never hold a feed up. */
export type RecordKind = Exclude<ReaderKind, 'gating'>;

/** A program that reads records. */
export interface RecordClient {
  readonly socket: WebSocket;
  /** Only this connection's. */
  readonly connection: number | undefined;
  /** Records that it was not sent, by connection. */
  readonly missed: Map<number, number>;
  /** Since when it does not read. */
  blockedSince: number | undefined;
}

interface Source {
  readonly connection: number;
  readonly reader: RecordReader<RawRecord>;
  lagged: number;
  /** Symbols that clients have been told. */
  told: number;
}

/** The records of one venue, read once for all programs that want them in one way. */
export class RecordChannel {
  readonly clients = new Set<RecordClient>();
  readonly #venue: DirectoryVenue;
  readonly #buffer: number;
  readonly #counts: ServerCounts;
  readonly #sources: readonly Source[];

  /**
   * @param buffer bytes that may wait for a client before batches are dropped
   * @throws TooManyReadersError
   */
  constructor(venue: DirectoryVenue, kind: RecordKind, buffer: number, counts: ServerCounts) {
    this.#venue = venue;
    this.#buffer = buffer;
    this.#counts = counts;
    const sources: Source[] = [];
    try {
      for (const arena of venue.reading.arenas) sources.push(openSource(arena, kind));
    } catch (error) {
      for (const { reader } of sources) reader.close();
      throw error;
    }
    this.#sources = sources;
  }

  join(client: RecordClient): void {
    this.clients.add(client);
    for (const { connection, told } of this.#sources) {
      if (wants(client, connection)) this.#tellSymbols([client], connection, 0, told);
    }
  }

  /** Sends what has come since the last time. */
  pump(): void {
    for (const source of this.#sources) {
      const { connection, reader } = source;
      const lagged = reader.lagged;
      const batch = takeBatch(reader, connection, reader.lagged - source.lagged);
      if (!batch) continue;
      // What was overwritten while the batch was copied counts with the next one.
      this.#counts.recordsDropped += lagged - source.lagged;
      source.lagged = lagged;
      this.#send(source, batch);
    }
  }

  close(): void {
    for (const { reader } of this.#sources) reader.close();
  }

  #send(source: Source, batch: RecordBatch): void {
    const { connection } = source;
    const clients = [...this.clients].filter((client) => wants(client, connection));
    const known = this.#venue.reading.texts(connection)?.size ?? 0;
    if (known > source.told) {
      this.#tellSymbols(clients, connection, source.told, known);
      source.told = known;
    }
    for (const client of clients) this.#sendTo(client, batch);
  }

  #sendTo(client: RecordClient, batch: RecordBatch): void {
    const { socket, missed } = client;
    const { connection, count, bytes } = batch;
    const before = missed.get(connection) ?? 0;
    if (socket.bufferedAmount > this.#buffer) {
      client.blockedSince ??= performance.now();
      missed.set(connection, before + count);
      this.#counts.recordsDropped += count;
      return;
    }
    client.blockedSince = undefined;
    missed.delete(connection);
    this.#counts.recordsSent += count;
    socket.send(before === 0 ? bytes : withDropped(batch, before));
  }

  /** Ids that records have instead of symbols. */
  #tellSymbols(clients: readonly RecordClient[], connection: number, from: number, to: number): void {
    const texts = this.#venue.reading.texts(connection);
    if (!texts || from === to) return;
    const ids = Array.from({ length: to - from }, (_, nth) => from + nth);
    const symbols = Object.fromEntries(ids.map((id) => [id, texts.text(id)]));
    const text = JSON.stringify({ type: 'symbols', connection, symbols });
    for (const { socket } of clients) socket.send(text);
  }
}

function openSource(arena: Arena, kind: RecordKind): Source {
  const reader = new RecordReader([arena], (memory) => new RawRecord(memory), { kind });
  return { connection: arena.connection, reader, lagged: 0, told: 0 };
}

function wants({ connection }: RecordClient, of: number): boolean {
  return connection === undefined || connection === of;
}

import type { RecordReader } from '../../memory/record-reader.ts';

/** A record as a plain object: decimals are text with all their digits, times ms since the epoch, what is absent `null`. */
export interface RecordObject {
  readonly venue: string;
  readonly kind: string;
  /** Of what is about one. */
  readonly symbol?: string;
  readonly receivedAt: number;
  readonly [field: string]: unknown;
}

/** How to tell a venue's records. */
export interface RecordForm<View> {
  kind(record: View): string;
  object(record: View): RecordObject;
}

/** Every record of a venue, from when it was made, on any thread. Never holds a feed up: who is too slow misses some, and is told. */
export class VenueRecords<View = unknown> {
  readonly #reader: RecordReader<View>;
  readonly #form: RecordForm<View>;

  /** @param reader a copying one, whose owner this becomes */
  constructor(reader: RecordReader<View>, form: RecordForm<View>) {
    this.#reader = reader;
    this.#form = form;
  }

  /** Records that were overwritten unread. */
  get lagged(): number {
    return this.#reader.lagged;
  }

  /** Whether the feed is closed: what waits can still be read. */
  get ended(): boolean {
    return this.#reader.ended;
  }

  /** Whether a record waits; false when the time is up, or the feed closed. @param timeout ms */
  wait(timeout: number): Promise<boolean> {
    return this.#reader.wait({ timeout });
  }

  /**
   * What waits, in order within each connection.
   *
   * @param kinds only these; undefined: all
   * @param take gets each; answers whether it wants more. What it leaves is there the next time
   */
  read(kinds: ReadonlySet<string> | undefined, take: (record: RecordObject) => boolean): void {
    const { kind, object } = this.#form;
    for (const record of this.#reader.drain()) {
      if (kinds && !kinds.has(kind(record))) continue;
      if (!take(object(record))) return;
    }
  }

  close(): void {
    this.#reader.close();
  }
}

/** Attaches to the handle of a venue's feed. */
export type OpenVenueRecords = (handle: unknown) => VenueRecords;

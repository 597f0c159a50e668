import type { Place } from '../feed/subscriptions.ts';
import type { Channel, StreamSpec } from './channels.ts';
import { type Line, makeLine, place, placeAll, type Stream, type StreamStatus } from './lines.ts';
import type { Endpoint, Method } from './protocol.ts';

/** One message's worth: same method, channel and parameters. */
export interface Batch {
  readonly method: Method;
  /** Of the first; the others differ in their symbols only. */
  readonly spec: StreamSpec;
  readonly specs: readonly StreamSpec[];
}

/** Told by subscriptions. */
export interface SubscriptionsListener {
  /** This connection is needed from now on. */
  needed(connection: number): void;
  /** There is something to tell this connection: see `next`. */
  changed(connection: number): void;
  /** It was acknowledged. */
  live(stream: Stream): void;
  /** The connection's service refused it, or did not answer. It is wanted no longer, unless it had been live. */
  refused(stream: Stream, reason: string, connection: number): void;
  /** It is wanted no longer. */
  removed(stream: Stream): void;
  /** It is wanted again, and the connection's service still holds it or was asked to: it does not leave. */
  kept(connection: number, slot: string): void;
  /** The connection's service does not hold this any more, or the connection is gone. */
  gone(connection: number, spec: StreamSpec): void;
}

function keyOf({ slot, variant }: { readonly slot: string; readonly variant?: number | string | undefined }) {
  return `${slot} ${variant ?? ''}`;
}

/**
 * What is wanted, and on which connection: the desired state, kept whether or not anything is connected. Beside it, what each
 * connection's service holds. The difference of the two is what has to be asked for; `next` says it message by message.
 *
 * Of one slot, a channel's symbol, the service streams one variant a connection: a second depth or interval goes to another.
 */
export class KrakenSubscriptions {
  readonly #streams = new Map<string, Stream>();
  readonly #lines: readonly Line[];
  readonly #listener: SubscriptionsListener;

  /**
   * @param limits streams that one connection may carry
   * @param books symbols whose books one connection has room for
   */
  constructor(
    places: readonly Place[],
    limits: Readonly<Record<Endpoint, number>>,
    books: number,
    listener: SubscriptionsListener,
  ) {
    this.#lines = places.map((place) => makeLine(place, limits[place.account as Endpoint], books));
    this.#listener = listener;
  }

  /** Streams of one connection. */
  countOf(connection: number): number {
    return this.#lines[connection]!.wanted.size;
  }

  /** Whether a connection is to be open, or was given up while it was. */
  inUse(connection: number): boolean {
    return this.#lines[connection]!.use !== 'idle';
  }

  /** Whether a connection's service holds a slot, or has been asked to. */
  holds(connection: number, slot: string): boolean {
    return this.#lines[connection]!.held.has(slot);
  }

  /** Whether there is something to tell a connection. */
  waiting(connection: number): boolean {
    const { toAsk, toLeave } = this.#lines[connection]!;
    return toAsk.size > 0 || toLeave.size > 0;
  }

  /** Whether a connection has been told everything, and its service has answered. */
  settled(connection: number): boolean {
    if (this.waiting(connection)) return false;
    for (const { phase } of this.#lines[connection]!.held.values()) if (phase !== 'live') return false;
    return true;
  }

  /**
   * Wants these. Those already wanted stay as they are and where they are; one that was refused is asked for again.
   *
   * @returns a stream for each
   * @throws CapacityError, ConnectionError, or ArgumentError when no connection can take one; then nothing has changed
   */
  add(specs: readonly StreamSpec[]): Stream[] {
    const fresh: Stream[] = [];
    const streams = specs.map((spec) => {
      const known = this.#streams.get(keyOf(spec));
      if (known) return known;
      const stream: Stream = {
        spec,
        line: undefined,
        refusal: undefined,
        everLive: false,
        resyncing: false,
        attempts: 0,
      };
      fresh.push(stream);
      return stream;
    });
    placeAll(this.#lines, fresh);
    for (const stream of streams) {
      if (stream.refusal !== undefined) this.#askAgain(stream);
    }
    for (const stream of fresh) {
      this.#streams.set(keyOf(stream.spec), stream);
      this.#enter(stream);
    }
    return streams;
  }

  /** Those of a slot, at this variant or at any. */
  find(slot: string, variant?: number | string): Stream[] {
    if (variant !== undefined) {
      const stream = this.#streams.get(keyOf({ slot, variant }));
      return stream ? [stream] : [];
    }
    return [...this.#streams.values()].filter(({ spec }) => spec.slot === slot);
  }

  /** Those of a channel: of some slots or all, at one variant or any. */
  select(channel: Channel, slots?: readonly string[], variant?: number | string): Stream[] {
    if (slots) return slots.flatMap((slot) => this.find(slot, variant));
    return [...this.#streams.values()].filter(
      ({ spec }) => spec.channel === channel && (variant === undefined || spec.variant === variant),
    );
  }

  /** Wants these no longer. */
  remove(streams: Iterable<Stream>): void {
    for (const stream of streams) {
      this.#forget(stream);
      this.#listener.removed(stream);
    }
    this.#placeHomeless();
  }

  /** Has it unsubscribed and subscribed again, where it is live. */
  resync(stream: Stream): void {
    const held = stream.line?.held.get(stream.spec.slot);
    if (!stream.line || held?.phase !== 'live') return;
    stream.resyncing = true;
    this.#settle(stream.line, stream.spec.slot);
  }

  /** The connection was opened anew, or lost: its service holds nothing. */
  opened(connection: number): void {
    const line = this.#lines[connection]!;
    if (line.use === 'lost') line.use = 'used';
    this.#release(line);
    for (const stream of line.wanted.values()) this.#askAgain(stream);
  }

  /**
   * The connection is given up: its streams move to others with room.
   *
   * @returns those that found no room; they stay wanted, and are placed when there is some
   */
  lose(connection: number): Stream[] {
    const line = this.#lines[connection]!;
    line.use = 'lost';
    this.#release(line);
    line.toAsk.clear();
    const homeless = [...line.wanted.values()];
    line.wanted.clear();
    for (const stream of homeless) stream.line = undefined;
    this.#placeHomeless();
    return homeless.filter((stream) => !stream.line);
  }

  /** A lost connection may be used again. */
  regain(connection: number): void {
    const line = this.#lines[connection]!;
    if (line.use !== 'lost') return;
    line.use = 'used';
    this.#placeHomeless();
  }

  /**
   * What the connection is to be told next; assumes that it will be. Leaving comes first.
   *
   * @param most how many symbols a message about this may have now; 0 to wait
   */
  next(connection: number, most: (method: Method, spec: StreamSpec) => number): Batch | undefined {
    const line = this.#lines[connection]!;
    const method = line.toLeave.size > 0 ? 'unsubscribe' : 'subscribe';
    const slots = method === 'unsubscribe' ? line.toLeave : line.toAsk;
    const of = (slot: string) =>
      method === 'unsubscribe' ? line.held.get(slot)!.spec : line.wanted.get(slot)!.spec;
    const specs: StreamSpec[] = [];
    let room = 1;
    for (const slot of slots) {
      const spec = of(slot);
      const [first] = specs;
      if (!first) room = most(method, spec);
      if (specs.length >= room) break;
      if (!first || spec.group === first.group) specs.push(spec);
    }
    const [spec] = specs;
    if (!spec) return undefined;
    for (const each of specs) {
      slots.delete(each.slot);
      const held = line.held.get(each.slot);
      if (held) held.phase = 'leaving';
      else line.held.set(each.slot, { spec: each, phase: 'asked', attempts: 0 });
    }
    return { method, spec, specs };
  }

  /** The service did what it was asked: it streams this, or does so no more. */
  acknowledged(connection: number, method: Method, spec: StreamSpec): void {
    const line = this.#lines[connection]!;
    const held = line.held.get(spec.slot);
    if (method === 'unsubscribe') {
      if (held?.phase === 'leaving') this.#gone(line, spec.slot);
      return;
    }
    if (held && held.phase !== 'asked') return;
    // An answer that came after we had given up on it: it is held, wanted or not.
    if (!held) line.held.set(spec.slot, { spec, phase: 'live', attempts: 0 });
    else held.phase = 'live';
    const stream = line.wanted.get(spec.slot);
    if (stream && stream.spec.variant === spec.variant) {
      stream.everLive = true;
      stream.resyncing = false;
      stream.attempts = 0;
      this.#listener.live(stream);
    }
    this.#settle(line, spec.slot);
  }

  /** The service did not do what it was asked, and never will. */
  refused(connection: number, method: Method, spec: StreamSpec, reason: string): void {
    const line = this.#lines[connection]!;
    const held = line.held.get(spec.slot);
    if (!held || (held.phase !== 'asked' && held.phase !== 'leaving')) return;
    // What cannot be left was not there.
    this.#gone(line, spec.slot, method === 'subscribe' ? reason : undefined);
  }

  /** Nothing that waits for its turn on a connection can be asked for. */
  refuseAll(connection: number, reason: string): void {
    const line = this.#lines[connection]!;
    for (const slot of [...line.toAsk]) {
      line.held.set(slot, { spec: line.wanted.get(slot)!.spec, phase: 'asked', attempts: 0 });
      this.#gone(line, slot, reason);
    }
    for (const slot of [...line.toLeave]) this.#gone(line, slot);
  }

  /**
   * The service did not answer, or not for good: ask again.
   *
   * @param most how often; undefined: it does not count
   * @param reason told when that was too often
   */
  again(
    connection: number,
    method: Method,
    spec: StreamSpec,
    most: number | undefined,
    reason: string,
  ): void {
    const line = this.#lines[connection]!;
    const held = line.held.get(spec.slot);
    if (!held || held.phase === 'live') return;
    const counted = method === 'subscribe' ? line.wanted.get(spec.slot) : held;
    if (counted && most !== undefined) counted.attempts += 1;
    if (counted && most !== undefined && counted.attempts >= most) {
      this.refused(connection, method, spec, reason);
      return;
    }
    if (method === 'subscribe') {
      this.#gone(line, spec.slot);
      return;
    }
    held.phase = 'live';
    this.#settle(line, spec.slot);
  }

  statusOf({ line, spec, refusal, resyncing }: Stream): StreamStatus {
    if (refusal !== undefined) return 'refused';
    const held = line?.held.get(spec.slot);
    if (resyncing) return 'resyncing';
    if (!held || held.spec.variant !== spec.variant) return 'waiting';
    return held.phase === 'live' ? 'live' : held.phase === 'asked' ? 'asked' : 'waiting';
  }

  *list(): IterableIterator<{
    readonly spec: StreamSpec;
    readonly connection: number | undefined;
    readonly status: StreamStatus;
    readonly refusal: string | undefined;
  }> {
    for (const stream of this.#streams.values()) {
      const { spec, line, refusal } = stream;
      yield { spec, connection: line?.place.connection, status: this.statusOf(stream), refusal };
    }
  }

  /** Brings what is to be asked for, of one slot, to the difference of what is wanted and what is held. */
  #settle(line: Line, slot: string): void {
    const stream = line.wanted.get(slot);
    const held = line.held.get(slot);
    line.toAsk.delete(slot);
    line.toLeave.delete(slot);
    if (!held) {
      if (stream && stream.refusal === undefined) line.toAsk.add(slot);
    } else if (held.phase === 'live') {
      const stays = stream?.spec.variant === held.spec.variant && stream && !stream.resyncing;
      if (!stays) line.toLeave.add(slot);
    }
    this.#listener.changed(line.place.connection);
  }

  /** The service holds this no more. @param reason why, if it was asked for and refused */
  #gone(line: Line, slot: string, reason?: string): void {
    const { spec } = line.held.get(slot)!;
    line.held.delete(slot);
    this.#listener.gone(line.place.connection, spec);
    const stream = line.wanted.get(slot);
    if (reason !== undefined && stream && stream.spec.variant === spec.variant) {
      stream.resyncing = false;
      if (stream.everLive) stream.refusal = reason;
      else this.#forget(stream);
      this.#listener.refused(stream, reason, line.place.connection);
    }
    this.#settle(line, slot);
  }

  /** Its service holds nothing any more. */
  #release(line: Line): void {
    const held = [...line.held.values()];
    line.held.clear();
    line.toLeave.clear();
    for (const { spec } of held) this.#listener.gone(line.place.connection, spec);
  }

  #askAgain(stream: Stream): void {
    stream.refusal = undefined;
    stream.resyncing = false;
    stream.attempts = 0;
    if (stream.line) this.#settle(stream.line, stream.spec.slot);
  }

  #forget(stream: Stream): void {
    this.#streams.delete(keyOf(stream.spec));
    const { line, spec } = stream;
    if (!line) return;
    stream.line = undefined;
    line.wanted.delete(spec.slot);
    this.#settle(line, spec.slot);
  }

  /** It has been given a line: what that means for the two. */
  #enter(stream: Stream): void {
    const { line, spec } = stream;
    if (!line) return;
    if (line.use === 'idle') {
      line.use = 'used';
      this.#listener.needed(line.place.connection);
    }
    this.#settle(line, spec.slot);
    if (line.held.get(spec.slot)?.spec.variant === spec.variant)
      this.#listener.kept(line.place.connection, spec.slot);
    // It was not wanted for a moment, and the service never knew.
    if (this.statusOf(stream) === 'live') stream.everLive = true;
  }

  #placeHomeless(): void {
    for (const stream of this.#streams.values()) {
      if (stream.line) continue;
      if (place(this.#lines, stream)) this.#enter(stream);
    }
  }
}

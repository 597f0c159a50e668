import { ArgumentError, ClosedError, type DecoderError, type TickringError } from '../errors.ts';
import { Arena, type ArenaHandle, type ArenaOptions } from '../memory/arena.ts';
import { Doorbell } from '../memory/doorbell.ts';
import { Connection, type ConnectionOptions, type ConnectionVenue } from './connection.ts';
import type { ConnectionState, StateChange } from './connection-state.ts';
import { compileKernel, DecoderPool } from './decoder-pool.ts';
import { FrameIntake } from './frame-intake.ts';
import type { Place } from './subscriptions.ts';

/** What a venue's feed brings to the core. */
export interface FeedVenue {
  /** The venue's number in arena headers. */
  readonly number: number;
  /** Its kernel: `workers/kernels/NAME.wasm`. */
  readonly kernel: string;
  /** Puts what the kernel wants to know into a new arena's parameters. */
  prepare(arena: Arena): void;
  /** What a connection of this place needs of the venue. */
  connection(place: Place): ConnectionVenue;
}

export interface FeedCoreOptions {
  readonly venue: FeedVenue;
  readonly places: readonly Place[];
  /** Decoder threads; 0 for a raw feed, whose frames are read as they are. */
  readonly decoders: number;
  readonly arena: ArenaOptions;
  readonly connection: ConnectionOptions;
  readonly listener: FeedListener;
}

/** What the core tells its feed. */
export interface FeedListener {
  stateChanged(place: Place, change: StateChange): void;
  /** `place` is undefined for what concerns no connection: a decoder. */
  failed(error: TickringError, place: Place | undefined): void;
  retrying(place: Place, attempt: number, delay: number): void;
}

/** One place of a feed: its arena, from the start, and its connection, once there is one. */
export interface Slot {
  readonly place: Place;
  readonly arena: Arena;
  readonly intake: FrameIntake;
  connection: Connection | undefined;
}

/** How long closing waits for decoders to come to the end of what has been received, ms. */
const DRAIN_TIMEOUT = 1000;

/**
 * What every venue's feed has in common: an arena for each connection there may be, made at the start so that handles
 * stay complete; decoders that serve them; and the connections, opened when they are needed.
 */
export class FeedCore {
  readonly slots: readonly Slot[];
  readonly decoders: DecoderPool | undefined;
  readonly #options: FeedCoreOptions;
  #phase: 'new' | 'starting' | 'running' | 'closed' = 'new';
  #starting: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: FeedCoreOptions) {
    const { venue, places, decoders, listener } = options;
    if (!Number.isInteger(decoders) || decoders < 0) {
      throw new ArgumentError(`decoders must be 1 or more, not ${decoders}`);
    }
    this.#options = options;
    const onFailure = (error: DecoderError) => listener.failed(error, undefined);
    // More decoders than arenas would have nothing to do.
    const threads = Math.min(decoders, places.length);
    this.decoders = threads === 0 ? undefined : new DecoderPool(threads, onFailure);
    // One bell for the records of all arenas, so that a reader of all of them waits at one place.
    const recordBell = new Doorbell({ buffer: new SharedArrayBuffer(128), offset: 0 }).handle;
    this.slots = places.map((place) => {
      const frameBell = this.decoders?.controlFor(place.connection).bell.handle;
      const arena = Arena.create({
        ...options.arena,
        ...(frameBell && { frameBell }),
        recordBell,
        venue: venue.number,
        connection: place.connection,
      });
      venue.prepare(arena);
      return { place, arena, intake: new FrameIntake(arena), connection: undefined };
    });
  }

  get arenas(): readonly Arena[] {
    return this.slots.map(({ arena }) => arena);
  }

  get handles(): readonly ArenaHandle[] {
    return this.slots.map(({ arena }) => arena.handle);
  }

  get running(): boolean {
    return this.#phase === 'running';
  }

  get closed(): boolean {
    return this.#phase === 'closed';
  }

  /**
   * Starts the decoders, and then lets connections open. Idempotent.
   *
   * @throws ClosedError, DecoderError
   */
  async start(): Promise<void> {
    if (this.#phase === 'closed') throw new ClosedError('this feed');
    this.#starting ??= this.#start();
    await this.#starting;
  }

  async #start(): Promise<void> {
    this.#phase = 'starting';
    if (this.decoders) {
      const module = await compileKernel(this.#options.venue.kernel);
      if (this.closed) return;
      await this.decoders.start(module, this.arenas);
    }
    if (!this.closed) this.#phase = 'running';
  }

  /** Opens a connection, or opens it again after it was given up or its credentials were refused. */
  open(connection: number): void {
    const slot = this.slots[connection]!;
    if (!this.running) return;
    if (slot.connection && slot.connection.state !== 'closed' && slot.connection.state !== 'disconnected')
      return;
    if (!slot.connection || slot.connection.state === 'closed') slot.connection = this.#connect(slot);
    slot.connection.start();
  }

  #connect({ place, intake }: Slot): Connection {
    const { venue, listener, connection } = this.#options;
    return new Connection(
      intake,
      venue.connection(place),
      {
        stateChanged: (change) => listener.stateChanged(place, change),
        failed: (error) => listener.failed(error, place),
        retrying: (attempt, delay) => listener.retrying(place, attempt, delay),
      },
      connection,
    );
  }

  stateOf(connection: number): ConnectionState {
    return this.slots[connection]!.connection?.state ?? 'disconnected';
  }

  /**
   * Closes sockets, lets decoders finish what has been received, stops them, and ends every reader. Idempotent.
   *
   * @param deadline ms for the closing handshakes; then sockets are cut off
   */
  close(deadline: number): Promise<void> {
    this.#closing ??= this.#close(deadline);
    return this.#closing;
  }

  async #close(deadline: number): Promise<void> {
    this.#phase = 'closed';
    await Promise.all(this.slots.map(({ connection }) => connection?.close(deadline)));
    await this.#starting?.catch(() => {});
    if (this.decoders) {
      await Promise.all(this.slots.map(({ intake }) => intake.drained(DRAIN_TIMEOUT)));
      await this.decoders.stop();
    }
    for (const { arena, intake } of this.slots) {
      intake.stop();
      arena.close();
    }
  }
}

import type { HandedOnText, QuarantinedFrame, WhenFull } from '../../workers/lane.ts';
import { ClosedError, type TickringError } from '../errors.ts';
import type { Arena } from '../memory/arena.ts';
import { Connection, type ConnectionOptions, type ConnectionVenue } from './connection.ts';
import type { ConnectionState, StateChange } from './connection-state.ts';
import { compileKernel, DecoderPool, type DecoderPoolListener } from './decoder-pool.ts';
import type { FeedMemory } from './feed-memory.ts';
import { FrameIntake } from './frame-intake.ts';
import type { ConnectionReport, FeedReport } from './health.ts';
import { type ExpelledReader, ReaderWatch } from './reader-watch.ts';
import type { Place } from './subscriptions.ts';

/** What a venue's feed brings to the core. */
export interface FeedVenue {
  /** Its kernel: `workers/kernels/NAME.wasm`. */
  readonly kernel: string;
  /** What a connection of this place needs of the venue. */
  connection(place: Place): ConnectionVenue;
  /** A text frame that the kernel leaves to the venue, in the order of the connection; maybe of an epoch that is over. */
  handedOn?(text: HandedOnText, place: Place): void;
}

export interface FeedCoreOptions {
  readonly venue: FeedVenue;
  readonly places: readonly Place[];
  /** An arena for each place; without decoder controls the feed is raw, and its frames are read as they are. */
  readonly memory: FeedMemory;
  readonly connection: ConnectionOptions;
  /** What decoders do when gating readers leave no room. */
  readonly whenFull: WhenFull;
  /** A gating reader that blocks others and does not move for this long, ms, is expelled. */
  readonly stallLimit: number;
  readonly listener: FeedListener;
}

/** What the core tells its feed. */
export interface FeedListener {
  stateChanged(place: Place, change: StateChange): void;
  /** `place` is undefined for what concerns no connection: a decoder. */
  failed(error: TickringError, place: Place | undefined): void;
  retrying(place: Place, attempt: number, delay: number): void;
  /** A frame was set aside because decoding it failed again and again. */
  quarantined(frame: QuarantinedFrame): void;
  expelled(reader: ExpelledReader): void;
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
 * What every venue's feed has in common, on the thread that its sockets are on: the connections, opened when they are
 * needed; the writing ends of their arenas; and the decoders that serve those.
 */
export class FeedCore {
  readonly slots: readonly Slot[];
  readonly decoders: DecoderPool | undefined;
  readonly #options: FeedCoreOptions;
  #phase: 'new' | 'starting' | 'running' | 'closed' = 'new';
  readonly #readerWatch: ReaderWatch;
  #starting: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: FeedCoreOptions) {
    const { places, memory, listener } = options;
    this.#options = options;
    const { controls } = memory;
    this.decoders =
      controls.length === 0
        ? undefined
        : new DecoderPool(controls.length, this.#poolListener(options), controls);
    this.slots = places.map((place) => {
      const arena = memory.arenas[place.connection]!;
      return { place, arena, intake: new FrameIntake(arena), connection: undefined };
    });
    this.#readerWatch = new ReaderWatch(this.slots, options.stallLimit, (reader) =>
      listener.expelled(reader),
    );
  }

  #poolListener({ listener, venue, places }: FeedCoreOptions): DecoderPoolListener {
    return {
      died: (error) => listener.failed(error, undefined),
      quarantined: (frame) => listener.quarantined(frame),
      handedOn: (text) => venue.handedOn?.(text, places[text.connection]!),
    };
  }

  get arenas(): readonly Arena[] {
    return this.slots.map(({ arena }) => arena);
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
      await this.decoders.start(module, this.arenas, this.#options.whenFull);
      if (!this.closed) this.#readerWatch.start();
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

  /** How it is, and every connection, by its number. */
  report(): FeedReport {
    const phase = this.closed ? 'closed' : this.running ? 'running' : 'idle';
    return { phase, connections: this.slots.map((slot) => this.#reportOf(slot)) };
  }

  #reportOf({ place, intake, connection }: Slot): ConnectionReport {
    return {
      ...place,
      state: this.stateOf(place.connection),
      since: connection?.since ?? 0,
      epoch: intake.epoch,
      heardAt: connection?.heardAt ?? 0,
      reconnects: connection?.reconnects ?? 0,
      lastError: connection?.lastError,
    };
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
    this.#readerWatch.stop();
    await Promise.all(this.slots.map(({ connection }) => connection?.close(deadline)));
    await this.#starting?.catch(() => {});
    if (this.decoders) {
      await Promise.all(this.slots.map(({ intake }) => intake.drained(DRAIN_TIMEOUT)));
      await this.decoders.stop();
      for (const { intake } of this.slots) intake.abandon();
    }
    for (const { arena, intake } of this.slots) {
      intake.stop();
      arena.close();
    }
  }
}

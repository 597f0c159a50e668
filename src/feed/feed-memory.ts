import { Arena, type ArenaHandle, type ArenaOptions } from '../memory/arena.ts';
import { DecoderControl } from '../memory/decoder-control.ts';
import { Doorbell } from '../memory/doorbell.ts';

export interface FeedMemoryOptions {
  /** The venue's number in arena headers. */
  readonly venue: number;
  /** How many connections there may ever be: an arena for each. */
  readonly connections: number;
  /** Decoder threads; 0 for a raw feed. */
  readonly decoders: number;
  /** Sizes, the same for all or by connection. */
  readonly arena: ArenaOptions | ((connection: number) => ArenaOptions);
  /** Puts what the kernel wants to know into a new arena's parameters. */
  readonly prepare: (arena: Arena) => void;
}

/** Structured-cloneable. */
export interface FeedMemoryHandle {
  readonly arenas: readonly ArenaHandle[];
  readonly controls: readonly SharedArrayBuffer[];
}

/**
 * All the shared memory of a feed: an arena for each connection there may ever be, and the control words of its decoders.
 * Made at once on the thread that creates the feed, so that handles are complete from the start; attached to where the
 * sockets are, if that is another one.
 */
export class FeedMemory {
  readonly arenas: readonly Arena[];
  /** One a decoder: connection n's frames are for control n modulo their number. */
  readonly controls: readonly DecoderControl[];

  private constructor(arenas: readonly Arena[], controls: readonly DecoderControl[]) {
    this.arenas = arenas;
    this.controls = controls;
  }

  /** @throws ArgumentError for arena sizes that cannot be */
  static create({ venue, connections, decoders, arena: sizes, prepare }: FeedMemoryOptions): FeedMemory {
    // More decoders than arenas would have nothing to do.
    const controls = Array.from({ length: Math.min(decoders, connections) }, () => new DecoderControl());
    // One bell for the records of all arenas, so that a reader of all of them waits at one place.
    const recordBell = new Doorbell({ buffer: new SharedArrayBuffer(128), offset: 0 }).handle;
    const arenas = Array.from({ length: connections }, (_, connection) => {
      const frameBell = controls[connection % controls.length]?.bell.handle;
      const arena = Arena.create({
        ...(typeof sizes === 'function' ? sizes(connection) : sizes),
        ...(frameBell && { frameBell }),
        recordBell,
        venue,
        connection,
      });
      prepare(arena);
      return arena;
    });
    return new FeedMemory(arenas, controls);
  }

  static attach({ arenas, controls }: FeedMemoryHandle): FeedMemory {
    return new FeedMemory(
      arenas.map((handle) => Arena.attach(handle)),
      controls.map((buffer) => new DecoderControl(buffer)),
    );
  }

  get handle(): FeedMemoryHandle {
    return {
      arenas: this.arenas.map(({ handle }) => handle),
      controls: this.controls.map(({ buffer }) => buffer),
    };
  }

  /** Ends every reader: for when there is nobody left who could write. */
  close(): void {
    for (const arena of this.arenas) arena.close();
  }
}

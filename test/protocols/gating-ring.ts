import { bellCounters, bellWords, ring, ringerOf, waiterAt } from './doorbell.ts';
import { type Protocol, type Thread, thread } from './explorer.ts';
import { CAPACITY, distance, START, slot, slotWords, wrap } from './positions.ts';
import type { Processor } from './processor.ts';

/** Ways to break the gating cursor protocol. */
export interface GatingFaults {
  /** A joining reader takes its position before it becomes visible, and not again. */
  joinsWithOldPosition?: boolean;
  releasesBeforeReading?: boolean;
  releasesPlainly?: boolean;
  /** The decoder says that it wants space, and parks without looking at the readers again. */
  wantsWithoutSecondLook?: boolean;
  /** A reader that has joined does not ring: see `docs/protocols.md`, "What was found". */
  joinsSilently?: boolean;
  /** A reader that leaves does not ring. */
  leavesSilently?: boolean;
  neverLooksAtReaders?: boolean;
}

export interface GatingSize {
  /** Records of each frame. */
  frames: readonly number[];
  /** One array a reader: how many records it reads, at least, each time that it joins, before it leaves again. */
  readers: readonly (readonly number[])[];
  /** Records of one word instead of two: there are fewer states, and a torn record would not be told from an old one. */
  oneWord?: boolean;
}

export const NEVER_OVERWRITTEN = 'what a gating reader has not released is not overwritten';

const [FREE, JOINING, GATING] = [0, 1, 2];

/**
 * A decoder that waits for its readers, and readers that join, read where the records lie, and leave: `RecordWriter`,
 * `Lane`, `ReaderTable` and `GatingCursor`. Each reader has a place of its own, which it takes again.
 */
export function gatingRing(size: GatingSize, faults: GatingFaults = {}): Protocol {
  const total = size.frames.reduce((sum, count) => sum + count);
  const memory: Record<string, number> = {
    published: START,
    wanted: 0,
    ...bellWords('bell'),
    ...slotWords(),
  };
  size.readers.forEach((_, place) => {
    memory[`state ${place}`] = FREE;
    memory[`position ${place}`] = START;
  });
  const readers = size.readers.map((_, place) => reader(place, size, wrap(START + total), faults));
  return { memory, counters: bellCounters('bell'), threads: [decoder(size, faults), ...readers] };
}

const decoderOwn = {
  frame: -1,
  at: START,
  left: 0,
  room: 0,
  short: 0,
  most: 0,
  place: 0,
  otherwise: '',
  ...waiterAt('bell'),
};
type Decoder = typeof decoderOwn;

function decoder({ frames, readers, oneWord }: GatingSize, faults: GatingFaults): Thread {
  return thread('decoder', decoderOwn, {
    begin: (_, my) => nextFrame(my),
    // ReaderTable.unreleased, for RecordWriter.claim.
    'look at state': (me, my) => {
      if (me.load(`state ${my.place}`) === GATING) return 'look at position';
      return look(my, my.place + 1);
    },
    'look at position': (me, my) => {
      my.most = Math.max(my.most, distance(me.load(`position ${my.place}`), my.at));
      return look(my, my.place + 1);
    },
    // Lane.#claim; it claims once more after wanting space.
    'want space': (me, my) => {
      my.short = 1;
      me.exchange('wanted', 1);
      return faults.wantsWithoutSecondLook ? 'wait' : claim(my, 'wait');
    },
    'stop wanting': (me, my) => {
      my.short = 0;
      me.exchange('wanted', 0);
      return 'write a';
    },
    // Doorbell.waitSync; its condition is Lane.ready, which claims.
    wait: (me, my) => {
      my['bell seen'] = me.load('bell.signal');
      return 'announce';
    },
    announce: (me, my) => {
      me.add('bell.announced', 1);
      return faults.wantsWithoutSecondLook ? 'park' : claim(my, 'park');
    },
    park: (me, my) => {
      me.wait('bell.signal', my['bell seen']);
      return 'withdraw';
    },
    withdraw: (me, my) => {
      me.add('bell.withdrawn', 1);
      return claim(my, 'wait');
    },
    // The kernel's decode, and RecordWriter.publish: what a frame holds is published together.
    'write a': (me, my) => {
      me.write(slot(my.at)[0], my.at);
      return oneWord ? written(my) : 'write b';
    },
    'write b': (me, my) => {
      me.write(slot(my.at)[1], my.at);
      return written(my);
    },
    publish: (me, my) => {
      me.store('published', my.at);
      my.room -= frames[my.frame]!;
      return nextFrame(my);
    },
  });

  function written(my: Decoder): string {
    my.at = wrap(my.at + 1);
    my.left -= 1;
    return my.left > 0 ? 'write a' : 'publish';
  }

  function nextFrame(my: Decoder): string {
    my.frame += 1;
    if (my.frame === frames.length) return 'done';
    my.left = frames[my.frame]!;
    return claim(my, 'want space');
  }

  /** RecordWriter.claim: looks at the readers only when the room that it saw last does not suffice. */
  function claim(my: Decoder, otherwise: string): string {
    if (faults.neverLooksAtReaders) my.room = CAPACITY;
    if (my.left <= my.room) return claimed(my, otherwise);
    my.most = 0;
    my.otherwise = otherwise;
    return look(my, 0);
  }

  function look(my: Decoder, place: number): string {
    my.place = place;
    if (place < readers.length) return 'look at state';
    my.room = CAPACITY - my.most;
    const { otherwise } = my;
    [my.place, my.most, my.otherwise] = [0, 0, ''];
    return my.left <= my.room ? claimed(my, otherwise) : otherwise;
  }

  /** Whoever waits withdraws first. */
  function claimed(my: Decoder, otherwise: string): string {
    if (otherwise === 'park') return 'withdraw';
    return my.short === 0 ? 'write a' : 'stop wanting';
  }
}

function reader(place: number, size: GatingSize, end: number, faults: GatingFaults): Thread {
  const { oneWord = false } = size;
  const visits = size.readers[place]!;
  const [state, position] = [`state ${place}`, `position ${place}`];
  const positions = { at: START, end: START, released: START, new: 0 };
  const own = { visit: 0, left: 0, ...positions, a: 0, b: 0, ...ringerOf('bell') };
  type Own = typeof own;
  const release = (me: Processor, my: Own, to: number) => {
    if (faults.releasesPlainly) me.write(position, to);
    else me.store(position, to);
    my.released = to;
  };
  const begin = (my: Own) => {
    my.at = my.new;
    my.released = my.new;
    my.new = 0;
    return 'open';
  };
  return thread(`reader ${place}`, own, {
    // ReaderTable.join
    join: (me, my) => {
      if (my.visit === visits.length) return 'done';
      my.left = visits[my.visit]!;
      my.visit += 1;
      me.compareExchange(state, FREE, JOINING);
      return 'look';
    },
    look: (me, my) => {
      my.new = me.load('published');
      return 'enter';
    },
    enter: (me, my) => {
      me.store(position, my.new);
      return 'become visible';
    },
    'become visible': (me, my) => {
      me.store(state, GATING);
      if (!faults.joinsWithOldPosition) return 'look again';
      return begin(my);
    },
    'look again': (me, my) => {
      my.new = me.load('published');
      return 'enter again';
    },
    'enter again': (me, my) => {
      me.store(position, my.new);
      begin(my);
      return faults.joinsSilently ? 'open' : 'ask after joining';
    },
    // Its position was that of `enter` for a moment, and the decoder may wait for what lies before the new one.
    'ask after joining': (me) => (me.load('wanted') === 0 ? 'open' : 'ring after joining'),
    ...ring('bell', 'ring after joining', 'open'),
    // GatingCursor.open, when there is something; it leaves when it has read enough, or there will be no more.
    open: (me, my) => {
      if (my.at === end || my.left <= 0) return 'leave';
      my.end = me.loadUntil('published', (published) => published !== my.at);
      return faults.releasesBeforeReading ? 'release early' : 'read a';
    },
    'release early': (me, my) => {
      release(me, my, my.end);
      return 'read a';
    },
    // GatingCursor.next
    'read a': (me, my) => {
      me.readLate(slot(my.at)[0], 'a');
      return oneWord ? 'look at it' : 'read b';
    },
    'read b': (me, my) => {
      me.readLate(slot(my.at)[1], 'b');
      return 'look at it';
    },
    'look at it': (me, my) => {
      me.answered();
      me.check(my.a === my.at && (oneWord || my.b === my.at), NEVER_OVERWRITTEN);
      my.at = wrap(my.at + 1);
      my.left -= 1;
      if (my.at !== my.end) return 'read a';
      return my.released === my.at ? 'open' : 'release';
    },
    // GatingCursor.settle
    release: (me, my) => {
      release(me, my, my.at);
      return 'ask';
    },
    ask: (me) => (me.load('wanted') === 0 ? 'open' : 'ring'),
    ...ring('bell', 'ring', 'open'),
    // GatingCursor.leave
    leave: (me) => {
      me.store(state, FREE);
      return faults.leavesSilently ? 'join' : 'ask for the last time';
    },
    'ask for the last time': (me) => (me.load('wanted') === 0 ? 'join' : 'ring for the last time'),
    ...ring('bell', 'ring for the last time', 'join'),
  });
}

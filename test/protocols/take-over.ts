import { bellCounters, bellWords, ring, ringAlways, ringerOf, wait, waiterAt } from './doorbell.ts';
import { type Protocol, type Steps, type Thread, thread } from './explorer.ts';

/** Ways to break the take-over of a decoder that died. */
export interface TakeOverFaults {
  releasesFrameBeforePublishing?: boolean;
  /** The successor does not ask whether the frame at hand has been published. */
  noFrameNumberCheck?: boolean;
  publishesRecordsOneByOne?: boolean;
  /** The successor asks the last published record for its frame, instead of the words that were noted before publishing. */
  asksTheLastRecord?: boolean;
  /** The frame is noted before the position that it will be published at. */
  notesTheFrameFirst?: boolean;
  /** The position is noted, and with it the frame said to be published, only after publishing. */
  notesAfterPublishing?: boolean;
  /** The successor does not ring for what the dead one may have left unsaid: see `docs/protocols.md`, "What was found". */
  successorIsSilent?: boolean;
}

export interface TakeOverSize {
  /** Records of each frame. */
  frames: readonly number[];
  /** Of the record ring. */
  capacity: number;
  /** Frames that the frame ring holds. */
  frameCapacity: number;
  /** How many decoders may die; one more follows. */
  deaths: 1 | 2;
  /**
   * Who takes part beside the decoders, and parks on a bell: a gating reader, with all frames there from the start; or the
   * socket's thread, and the records are looked at in the end.
   */
  parks: 'reader' | 'intake';
}

export const ONCE_AND_IN_ORDER = "each frame's records appear exactly once, in order";

/** A socket's thread, decoders that die at any step and are replaced, and a gating reader: `FrameIntake`, `Lane`, … */
export function takeOver(size: TakeOverSize, faults: TakeOverFaults = {}): Protocol {
  const { frames, capacity, frameCapacity, deaths, parks } = size;
  const memory: Record<string, number> = {
    'frames published': parks === 'reader' ? frames.length : 0,
    'frames released': 0,
    'records published': 0,
    'records released': 0,
    'last frame': 0,
    'last position': -1,
    ...bellWords('record bell'),
    ...bellWords('space bell'),
  };
  for (let index = 0; index < frameCapacity; index++) {
    memory[`frame ${index}`] = parks === 'reader' ? index + 1 : 0;
  }
  for (let index = 0; index < capacity; index++) memory[`slot ${index}`] = 0;
  const decoders: Thread[] = [];
  for (let life = 0; life <= deaths; life++) decoders.push(decoder(life, size, faults));
  const others = parks === 'reader' ? [reader(size)] : [intake(size), auditor(size)];
  const counters = [...bellCounters('record bell'), ...bellCounters('space bell')];
  return { memory, counters, threads: [...decoders, ...others] };
}

/** A record is one word: its frame's number, and where in the frame it was. */
function record(frame: number, index: number): number {
  return frame * 10 + index;
}

function frameOf(record: number): number {
  return Math.floor(record / 10);
}

/** `FrameIntake.#put` and `#putLater`: frames are numbered from 1. */
function intake({ frames, frameCapacity }: TakeOverSize): Thread {
  const own = { next: 1, ...waiterAt('space bell') };
  const room = (next: number) => (released: number) => next - 1 - released < frameCapacity;
  return thread('intake', own, {
    'look for room': (me, my) => {
      if (my.next > frames.length) return 'done';
      return room(my.next)(me.load('frames released')) ? 'write' : 'wait';
    },
    ...wait<typeof own>(
      'space bell',
      'wait',
      [(me, my) => room(my.next)(me.load('frames released'))],
      'write',
    ),
    write: (me, my) => {
      me.write(`frame ${(my.next - 1) % frameCapacity}`, my.next);
      return 'publish';
    },
    // FrameWriter.publish; decoders here look by themselves, so the frame bell is left out.
    publish: (me, my) => {
      me.store('frames published', my.next);
      my.next += 1;
      return 'look for room';
    },
  });
}

function decoder(life: number, size: TakeOverSize, faults: TakeOverFaults): Thread {
  const { frames, capacity, frameCapacity, deaths, parks } = size;
  const bell = parks === 'reader' ? 'record bell' : 'space bell';
  const own = { frameAt: 0, at: 0, number: 0, index: 0, ...ringerOf(bell) };
  type Own = typeof own;
  const early = faults.releasesFrameBeforePublishing ?? false;
  const [decode, afterRecords] = early ? ['release', 'next'] : ['claim', 'release'];
  const records = (my: Own) => frames[my.number - 1]!;
  const target = (my: Own) => (my.at + (faults.publishesRecordsOneByOne ? 0 : my.index)) % capacity;

  const first: Steps<Own> = {
    'take over': (me) => (me.ended(`decoder ${life - 1}`) === 'done' ? 'done' : 'take up the frames'),
    'take up the frames': (me, my) => {
      my.frameAt = me.load('frames released');
      return 'take up the records';
    },
    'take up the records': (me, my) => {
      my.at = me.load('records published');
      if (faults.successorIsSilent) return 'look for a frame';
      return parks === 'reader' ? 'ring for the dead' : 'ring for space for the dead';
    },
    ...ringAlways('record bell', 'ring for the dead', 'look for a frame'),
    ...ringAlways('space bell', 'ring for space for the dead', 'look for a frame'),
    // Lane.#skipPublished
    'look for a frame': (me, my) => {
      const none = me.load('frames published') === my.frameAt;
      return none || my.at === 0 || faults.noFrameNumberCheck ? 'next' : 'look at its number';
    },
    'look at its number': (me, my) => {
      my.number = me.read(`frame ${my.frameAt % frameCapacity}`);
      return 'look at the last record';
    },
    // RecordWriter.lastFrame
    'look at the last record': (me, my) => {
      const last = faults.asksTheLastRecord
        ? frameOf(me.read(`slot ${(my.at - 1) % capacity}`))
        : me.read('last position') === my.at && me.read('last frame');
      const published = last === my.number;
      my.number = 0;
      return published ? 'release the published' : 'next';
    },
    'release the published': (me, my) => {
      my.frameAt += 1;
      me.store('frames released', my.frameAt);
      return parks === 'intake' ? 'ring for the published' : 'next';
    },
    ...ring('space bell', 'ring for the published', 'next'),
  };

  const steps: Steps<Own> = {
    // FrameReader.next
    next: (me, my) => {
      if (my.frameAt === frames.length) return 'done';
      me.loadUntil('frames published', (published) => published > my.frameAt);
      return 'read the frame';
    },
    'read the frame': (me, my) => {
      my.number = me.read(`frame ${my.frameAt % frameCapacity}`);
      my.index = 0;
      return decode;
    },
    // Lane.#claim, which waits for the gating reader; `gating-ring.ts` shows how.
    claim: (me, my) => {
      me.loadUntil('records released', (released) => my.at + records(my) - released <= capacity);
      return 'write a record';
    },
    // The kernel's decode.
    'write a record': (me, my) => {
      me.write(`slot ${target(my)}`, record(my.number, my.index));
      my.index += 1;
      if (my.index < records(my) && !faults.publishesRecordsOneByOne) return 'write a record';
      if (faults.notesAfterPublishing) return 'publish';
      return faults.notesTheFrameFirst ? 'note the frame' : 'note the position';
    },
    // RecordWriter.publish notes what it is going to publish, so that a successor knows.
    'note the position': (me, my) => {
      me.write('last position', my.at + (faults.publishesRecordsOneByOne ? 1 : my.index));
      return faults.notesTheFrameFirst ? 'publish' : 'note the frame';
    },
    'note the frame': (me, my) => {
      me.write('last frame', my.number);
      return faults.notesTheFrameFirst ? 'note the position' : 'publish';
    },
    'note afterwards': (me, my) => {
      me.write('last frame', my.number);
      me.write('last position', my.at);
      return parks === 'reader' ? 'ring for records' : afterRecords;
    },
    // RecordWriter.publish
    publish: (me, my) => {
      my.at += faults.publishesRecordsOneByOne ? 1 : my.index;
      me.store('records published', my.at);
      if (my.index < records(my)) return 'write a record';
      if (faults.notesAfterPublishing) return 'note afterwards';
      return parks === 'reader' ? 'ring for records' : afterRecords;
    },
    ...ring('record bell', 'ring for records', afterRecords),
    // FrameReader.release
    release: (me, my) => {
      my.frameAt += 1;
      me.store('frames released', my.frameAt);
      const then = early ? 'claim' : 'next';
      return parks === 'intake' ? 'ring for space' : then;
    },
    ...ring('space bell', 'ring for space', early ? 'claim' : 'next'),
  };
  return thread(`decoder ${life}`, own, life === 0 ? steps : { ...first, ...steps }, {
    mortal: life < deaths,
  });
}

/** All records, in order. */
function allRecords({ frames }: TakeOverSize): number[] {
  return frames.flatMap((count, frame) =>
    Array.from({ length: count }, (_, index) => record(frame + 1, index)),
  );
}

/** A gating reader, which joined before the first record. */
function reader(size: TakeOverSize): Thread {
  const expected = allRecords(size);
  const own = { at: 0, ...waiterAt('record bell') };
  return thread('reader', own, {
    look: (me, my) => {
      if (my.at === expected.length) return 'done';
      return me.load('records published') === my.at ? 'wait' : 'read';
    },
    ...wait<typeof own>('record bell', 'wait', [(me, my) => me.load('records published') !== my.at], 'read'),
    read: (me, my) => {
      me.check(me.read(`slot ${my.at % size.capacity}`) === expected[my.at], ONCE_AND_IN_ORDER);
      my.at += 1;
      return 'release';
    },
    release: (me, my) => {
      me.store('records released', my.at);
      return 'look';
    },
  });
}

/** Looks at the record ring, which is large enough for all, when everybody else has ended. */
function auditor(size: TakeOverSize): Thread {
  const expected = allRecords(size);
  return thread(
    'auditor',
    { at: 0 },
    {
      'count the records': (me) => {
        me.ended(`decoder ${size.deaths}`);
        me.check(me.load('records published') === expected.length, ONCE_AND_IN_ORDER);
        return 'read';
      },
      read: (me, my) => {
        me.check(me.read(`slot ${my.at}`) === expected[my.at], ONCE_AND_IN_ORDER);
        my.at += 1;
        return my.at < expected.length ? 'read' : 'done';
      },
    },
  );
}

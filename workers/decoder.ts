import { parentPort } from 'node:worker_threads';
import { Arena, type ArenaHandle } from '../src/memory/arena.ts';
import { DecoderControl } from '../src/memory/decoder-control.ts';
import { type HandedOnText, Lane, type QuarantinedFrame, type WhenFull } from './lane.ts';

/** What a decoder is started with. Structured-cloneable: the module is compiled once and shared. */
export interface DecoderTask {
  readonly module: object;
  readonly arenas: readonly ArenaHandle[];
  /** `DecoderControl.buffer`; its bell is the frame bell of every arena. */
  readonly control: SharedArrayBuffer;
  readonly whenFull?: WhenFull | undefined;
}

/**
 * What a decoder posts to its pool: the only messages there are between threads, for frames that are no market data or with
 * which something is wrong.
 */
export type DecoderMessage = { readonly quarantined: QuarantinedFrame } | { readonly text: HandedOnText };

/** Frames of one arena before the next arena has its turn. */
const TURN = 64;

/** Milliseconds: looks around at least this often, whatever happens to the bell. */
const PATIENCE = 1000;

/**
 * The worker entry, a long-running task of the decoder pool: serves its arenas until it is asked to stop. Knows no
 * venue, only the kernel that it was given.
 */
export default function serve(task: DecoderTask): void {
  const control = new DecoderControl(task.control);
  const post = (message: DecoderMessage) => parentPort?.postMessage(message);
  const onQuarantine = (quarantined: QuarantinedFrame) => post({ quarantined });
  const onText = (text: HandedOnText) => post({ text });
  const options = { whenFull: task.whenFull, onQuarantine, onText };
  const lanes = task.arenas.map((handle) => new Lane(Arena.attach(handle), task.module, options));
  const awake = () => control.stopped || lanes.some(isReady);
  control.setServing(true);
  try {
    while (!control.stopped) {
      let frames = 0;
      for (const lane of lanes) frames += lane.drain(TURN);
      if (frames === 0) control.bell.waitSync(awake, PATIENCE);
    }
  } finally {
    control.setServing(false);
  }
}

function isReady(lane: Lane): boolean {
  return lane.ready;
}

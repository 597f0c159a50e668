/**
 * The chaos run's gating reader, on a thread of its own. It misses nothing, so what it keeps is the record of the run: a hash chain
 * for each connection, epoch and instrument, and the hash of each record by its number, for other readers to compare with.
 */
import { parentPort, Worker, workerData } from 'node:worker_threads';
import type { KiteHandle } from 'tickring/kite';
import { Arena, RecordReader } from 'tickring/memory';
import { FNV1A_START } from 'tickring/sim';
import { WireView } from './wire-view.ts';

/** Hashes kept for each connection: far more records than a ring has, so that whoever lags a ring finds them. */
const WINDOW = 2 ** 20;

/** What the gating reader has seen of each record: shared with those who read the same records otherwise. */
export class Witness {
  readonly buffers: readonly SharedArrayBuffer[];
  readonly #hashes: readonly Uint32Array[];
  readonly #positions: readonly Uint32Array[];

  constructor(connections: number | readonly SharedArrayBuffer[]) {
    this.buffers =
      typeof connections === 'number'
        ? Array.from({ length: connections }, () => new SharedArrayBuffer(4 * WINDOW + 4))
        : connections;
    this.#hashes = this.buffers.map((buffer) => new Uint32Array(buffer, 4, WINDOW));
    this.#positions = this.buffers.map((buffer) => new Uint32Array(buffer, 0, 1));
  }

  saw(connection: number, number: number, hash: number): void {
    this.#hashes[connection]![number % WINDOW] = hash;
    Atomics.store(this.#positions[connection]!, 0, number + 1);
  }

  /** Whether this record had this hash; `undefined` before it was seen, and when that is too long ago. */
  confirms(connection: number, number: number, hash: number): boolean | undefined {
    const before = Atomics.load(this.#positions[connection]!, 0);
    if (number >= before || before - number > WINDOW / 2) return undefined;
    return this.#hashes[connection]![number % WINDOW] === hash;
  }
}

/** One instrument on one connection, between two opens. */
export interface Chain {
  readonly connection: number;
  readonly epoch: number;
  readonly token: number;
  packets: number;
  hash: number;
}

export interface GatingResult {
  readonly chains: Chain[];
  readonly records: number;
  /** Records whose number was not one more than that of the record before. */
  readonly outOfOrder: number;
}

/** Control words. */
const STOP = 0;
const BLOCK = 1;

export class GatingThread {
  readonly #worker: Worker;
  readonly #control = new Int32Array(new SharedArrayBuffer(8));
  readonly #result: Promise<GatingResult>;
  readonly #ready: Promise<unknown>;

  constructor(handle: KiteHandle, witness: Witness) {
    this.#worker = new Worker(new URL(import.meta.url), {
      workerData: { gating: { handle, witness: witness.buffers, control: this.#control.buffer } },
    });
    let joined: (value: unknown) => void;
    this.#ready = new Promise((resolve) => {
      joined = resolve;
    });
    this.#result = new Promise((resolve, reject) => {
      this.#worker.on('message', (message: 'joined' | GatingResult) => {
        if (message === 'joined') joined(undefined);
        else resolve(message);
      });
      this.#worker.on('error', reject);
    });
  }

  /** Resolves when its reader has joined. */
  async joined(): Promise<void> {
    await this.#ready;
  }

  /** It does not read for so many ms. */
  block(ms: number): void {
    Atomics.store(this.#control, BLOCK, ms);
  }

  /** Ends it once nothing is left to read. */
  finish(): Promise<GatingResult> {
    Atomics.store(this.#control, STOP, 1);
    return this.#result;
  }
}

interface GatingData {
  readonly handle: KiteHandle;
  readonly witness: readonly SharedArrayBuffer[];
  readonly control: SharedArrayBuffer;
}

function read({ handle, witness: buffers, control: words }: GatingData): GatingResult {
  const control = new Int32Array(words);
  const witness = new Witness(buffers);
  const arenas = handle.arenas.map((arena) => Arena.attach(arena));
  const reader = new RecordReader(arenas, (memory) => new WireView(memory), { kind: 'gating' });
  parentPort!.postMessage('joined');
  const chains = new Map<string, Chain>();
  const next = arenas.map(() => 0);
  let records = 0;
  let outOfOrder = 0;
  const nothing = new Int32Array(new SharedArrayBuffer(4));
  for (;;) {
    const block = Atomics.exchange(control, BLOCK, 0);
    if (block > 0) Atomics.wait(nothing, 0, 0, block);
    if (!reader.waitSync(20)) {
      if (Atomics.load(control, STOP) !== 0) break;
      continue;
    }
    for (const view of reader.drain()) {
      const { connection, epoch, token, number } = view;
      const key = `${connection}:${epoch}:${token}`;
      let chain = chains.get(key);
      if (chain === undefined) {
        chain = { connection, epoch, token, packets: 0, hash: FNV1A_START };
        chains.set(key, chain);
      }
      chain.packets++;
      chain.hash = view.hash(chain.hash);
      if (number !== next[connection]) outOfOrder++;
      next[connection] = number + 1;
      witness.saw(connection, number, view.hash());
      records++;
    }
  }
  reader.close();
  return { chains: [...chains.values()], records, outOfOrder };
}

if (workerData?.gating) parentPort!.postMessage(read(workerData.gating));

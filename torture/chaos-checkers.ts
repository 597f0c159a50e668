/** Readers of the chaos run that may miss records: what they read must be what the gating reader saw, and the rest be counted. */
import type { KiteHandle } from 'tickring/kite';
import { Arena, RecordReader } from 'tickring/memory';
import type { Witness } from './chaos-reader.ts';
import { WireView } from './wire-view.ts';

/** As records wait that the witness has not seen so far, at most. */
const MOST_PENDING = 1_000_000;

export class CheckedReader {
  read = 0;
  /** Records that are not what the witness saw of the same number. */
  wrong = 0;
  confirmed = 0;
  /** Records that came in another order than that of their numbers. */
  outOfOrder = 0;
  readonly #reader: RecordReader<WireView>;
  readonly #witness: Witness;
  readonly #last: number[];
  /** Connection, number, hash. */
  readonly #pending: number[] = [];
  #pausedUntil = 0;

  constructor(handle: KiteHandle, witness: Witness, kind: 'copying' | 'conflating') {
    const arenas = handle.arenas.map((arena) => Arena.attach(arena));
    this.#reader = new RecordReader(arenas, (memory) => new WireView(memory), { kind });
    this.#witness = witness;
    this.#last = arenas.map(() => -1);
  }

  /** Overwritten unread, or merged into newer ones: what it says itself that it did not read. */
  get missed(): number {
    return this.#reader.lagged + this.#reader.coalesced;
  }

  /** Does not read for so many ms. */
  pause(ms: number): void {
    this.#pausedUntil = performance.now() + ms;
  }

  /** Reads what there is, unless it pauses. */
  drain(): void {
    if (performance.now() < this.#pausedUntil) return;
    this.#confirm();
    for (const view of this.#reader.drain()) {
      const { connection, number } = view;
      this.read++;
      if (this.#reader.kind === 'copying' && number <= this.#last[connection]!) this.outOfOrder++;
      this.#last[connection] = number;
      const hash = view.hash();
      if (!this.#settled(connection, number, hash) && this.#pending.length < MOST_PENDING) {
        this.#pending.push(connection, number, hash);
      }
    }
  }

  close(): void {
    this.#confirm();
    this.#reader.close();
  }

  #settled(connection: number, number: number, hash: number): boolean {
    const confirmed = this.#witness.confirms(connection, number, hash);
    if (confirmed === true) this.confirmed++;
    if (confirmed === false) this.wrong++;
    return confirmed !== undefined;
  }

  #confirm(): void {
    const pending = this.#pending.splice(0);
    for (let at = 0; at < pending.length; at += 3) {
      const [connection, number, hash] = [pending[at]!, pending[at + 1]!, pending[at + 2]!];
      if (!this.#settled(connection, number, hash)) this.#pending.push(connection, number, hash);
    }
  }
}

import { type KrakenTarget, type Meetable, meets } from './target.ts';

/** Sees every text that is sent to a client, as it is sent. */
export type KrakenFrameSink = (text: string, connection: number) => void;

/** Those who listen in on what is sent. */
export class Recorders {
  readonly #recorders = new Set<{ readonly sink: KrakenFrameSink; readonly target: KrakenTarget }>();

  /** Returns what ends it. */
  add(sink: KrakenFrameSink, target: KrakenTarget): Disposable {
    const recorder = { sink, target };
    this.#recorders.add(recorder);
    return { [Symbol.dispose]: () => void this.#recorders.delete(recorder) };
  }

  note(text: string, session: Meetable): void {
    for (const { sink, target } of this.#recorders) if (meets(target, session)) sink(text, session.id);
  }
}

import type { FeedEvent, VenueStats } from './api-types.ts';

/** A ring is behind when more than this share of it waits: frames for their decoder, records for a reader that holds them. */
const FRAMES_BEHIND = 0.002;
const RECORDS_BEHIND = 0.05;

/** A fault that shows in nothing else is over after this long, ms. */
const UNSEEN = 8000;

/** asked: injected, nothing seen of it yet; hurt: seen; recovered: as before. */
export type Phase = 'asked' | 'hurt' | 'recovered' | 'unseen';

/** Follows one fault on one venue, from what the feed itself tells, until all is as it was. */
export class Recovery {
  readonly #asked = performance.now();
  phase: Phase = 'asked';
  /** From the first that was seen of it to the last, ms. */
  took = 0;
  #hurtAt = 0;
  readonly #states = new Set<unknown>();
  readonly #symbols = new Set<unknown>();
  #behind = false;

  onEvent(event: FeedEvent): void {
    if (event.type === 'state') {
      if (event.to === 'subscribed') this.#states.delete(event.connection);
      else this.#states.add(event.connection);
    } else if (event.type === 'gap') this.#symbols.add(event.symbol);
    else if (event.type === 'resync' && event.outcome === 'done') this.#symbols.delete(event.symbol);
    else return;
    this.#judge(event.at);
  }

  /** @param at when they were taken, ms since the epoch */
  onStats({ stats }: VenueStats, at: number): void {
    this.#behind = stats.connections.some(
      ({ frameRingOccupancy, recordRingOccupancy }) =>
        frameRingOccupancy > FRAMES_BEHIND || recordRingOccupancy > RECORDS_BEHIND,
    );
    this.#judge(at);
    if (this.phase === 'asked' && performance.now() - this.#asked > UNSEEN) this.phase = 'unseen';
  }

  get over(): boolean {
    return this.phase === 'recovered' || this.phase === 'unseen';
  }

  #judge(at: number): void {
    if (this.over) return;
    const hurt = this.#states.size > 0 || this.#symbols.size > 0 || this.#behind;
    if (hurt && this.phase === 'asked') {
      this.phase = 'hurt';
      this.#hurtAt = at;
    } else if (!hurt && this.phase === 'hurt') {
      this.phase = 'recovered';
      this.took = at - this.#hurtAt;
    }
  }
}

import type { Commands } from './commands.ts';
import type { AskedCommand, Stream } from './stream.ts';
import type { KalshiSubscriptions } from './subscriptions.ts';

export interface SenderOptions {
  readonly connection: number;
  readonly subscriptions: KalshiSubscriptions;
  readonly commands: Commands;
  readonly onUnanswered: () => void;
  /** It has been told what there was to tell, for now. */
  readonly onSettled: () => void;
}

/** A service that says that it is asked too fast gets a rest, doubled each time, ms. */
const FIRST_REST = 1000;
const MOST_REST = 30_000;

/** Sends what subscriptions want asked: one for each connection. A channel has one command on its way at a time. */
export class Sender {
  readonly #options: SenderOptions;
  #timer: NodeJS.Timeout | undefined;
  #open = false;
  #isPumping = false;
  #rest = FIRST_REST;
  #restUntil = 0;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  opened(): void {
    this.#open = true;
    this.#rest = FIRST_REST;
    this.#restUntil = 0;
    this.#pump();
  }

  closed(): void {
    this.#open = false;
    clearTimeout(this.#timer);
  }

  /** There may be something to tell: at the end of this turn, so that what belongs together goes together. */
  changed(): void {
    if (!this.#open || this.#isPumping) return;
    this.#isPumping = true;
    queueMicrotask(() => {
      this.#isPumping = false;
      this.#pump();
    });
  }

  /** The service said that it is asked too fast. */
  tooFast(): void {
    this.#restUntil = performance.now() + this.#rest;
    this.#rest = Math.min(2 * this.#rest, MOST_REST);
  }

  #pump(): void {
    clearTimeout(this.#timer);
    if (!this.#open) return;
    const { connection, subscriptions, onSettled } = this.#options;
    const now = performance.now();
    let later = this.#restUntil;
    for (const stream of subscriptions.on(connection)) {
      if (this.#restUntil <= now) this.#ask(stream);
      if (stream.notBefore > now) later = later > now ? Math.min(later, stream.notBefore) : stream.notBefore;
    }
    if (later > now) this.#timer = setTimeout(() => this.#pump(), Math.ceil(later - now));
    onSettled();
  }

  #ask(stream: Stream): void {
    const { connection, subscriptions, commands, onUnanswered } = this.#options;
    const command = subscriptions.next(stream);
    if (!command) return;
    const asked: AskedCommand = stream.asked!;
    commands.send(connection, command.name, command.params, (outcome) => {
      if (outcome.type === 'answered') subscriptions.answered(stream, asked, outcome.answer);
      else if (outcome.type === 'unanswered') {
        onUnanswered();
        subscriptions.unanswered(stream, asked);
      }
      // What is lost is asked for again with the next connect.
    });
  }
}

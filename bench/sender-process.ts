import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** What is to be sent. Behind it comes a text frame: see `openFeed`. */
export interface Sending {
  /** How many clients have to be there for a sending without a rate. */
  readonly connections: number;
  /** Frames to each client; Infinity: until `stop()`. */
  readonly frames: number;
  /** Full packets in each frame, 1 to 300. */
  readonly packets: number;
  /**
   * Ticks a second to each client; then each packet carries the time of sending where the volume traded would be: see
   * sender-clock. Without: as fast as TCP takes them.
   */
  readonly rate?: number;
}

export interface Sent {
  /** To all clients together. */
  readonly ticks: number;
  /** When the first was sent: see sender-clock. */
  readonly startedAt: number;
}

export type ToSender = { readonly type: 'send'; readonly sending: Sending } | { readonly type: 'stop' };

export type FromSender =
  | { readonly type: 'listening'; readonly url: string; readonly tokens: readonly number[] }
  | ({ readonly type: 'sent' } & Sent)
  | { readonly type: 'failed'; readonly reason: string };

/** A process of its own that sends ready-made frames of full packets to whoever connects. */
export class SenderProcess {
  readonly #child: ChildProcess;
  readonly #ended = new AbortController();
  /** `ws://127.0.0.1:PORT`. */
  url = '';
  /** The instruments that the frames are of. It sends to all clients, whether they subscribe to them or not. */
  tokens: readonly number[] = [];

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.once('disconnect', () => this.#ended.abort(new Error('the sending process has ended')));
  }

  static async start(): Promise<SenderProcess> {
    // Advanced, because numbers may be infinite.
    const child = fork(new URL('./sender.js', import.meta.url), { serialization: 'advanced' });
    const sender = new SenderProcess(child);
    const message = await sender.#next();
    if (message.type === 'listening') {
      sender.url = message.url;
      sender.tokens = message.tokens;
    }
    return sender;
  }

  /** Resolves when all has been handed to the sockets. One sending at a time. */
  async send(sending: Sending): Promise<Sent> {
    this.#tell({ type: 'send', sending });
    const message = await this.#next();
    if (message.type === 'sent') return message;
    throw new Error(message.type === 'failed' ? message.reason : 'the sending process started anew');
  }

  /** Ends a sending with a rate. */
  stop(): void {
    this.#tell({ type: 'stop' });
  }

  async close(): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.disconnect();
    await exited;
  }

  #tell(message: ToSender): void {
    this.#child.send(message);
  }

  async #next(): Promise<FromSender> {
    const [message] = await once(this.#child, 'message', { signal: this.#ended.signal });
    return message as FromSender;
  }
}

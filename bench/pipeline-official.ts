import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { KiteTicker } from 'kiteconnect';
import type { OfficialTick } from './official.ts';
import type { SenderProcess } from './sender-process.ts';

/** Where Node tells of the sockets that connect: the client keeps its own to itself. */
const CLIENT_SOCKETS = 'net.client.socket';

/** What the one connection is read by. */
let listener: (ticks: readonly OfficialTick[]) => void = () => {};
let opened = () => {};
let closed = () => {};
let listening = false;

/**
 * The official client on a sender's socket. A process has one connection at most: the module keeps its socket and its listeners,
 * for all tickers together and for good, so that they are added once.
 */
export class OfficialClient {
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  static async open(
    { url, tokens }: SenderProcess,
    onTicks: (ticks: readonly OfficialTick[]) => void,
  ): Promise<OfficialClient> {
    const ticker = new KiteTicker({
      api_key: 'bench',
      access_token: 'bench',
      root: `${url}/`,
      reconnect: false,
    } as ConstructorParameters<typeof KiteTicker>[0]);
    if (!listening) {
      listening = true;
      ticker.on('ticks', (ticks: readonly OfficialTick[]) => listener(ticks));
      ticker.on('connect', () => opened());
      ticker.on('close', () => closed());
    }
    listener = onTicks;
    let socket: Socket | undefined;
    const note = (message: unknown) => {
      socket = (message as { readonly socket: Socket }).socket;
    };
    subscribe(CLIENT_SOCKETS, note);
    await new Promise<void>((resolve) => {
      opened = resolve;
      ticker.connect();
    });
    unsubscribe(CLIENT_SOCKETS, note);
    if (!socket) throw new Error('the official client has connected without a socket');
    ticker.setMode('full', ticker.subscribe([...tokens]));
    return new OfficialClient(socket);
  }

  /** Cuts the socket. Its own `disconnect()` would first parse all that has piled up, for many seconds. */
  async close(): Promise<void> {
    listener = () => {};
    await new Promise<void>((resolve) => {
      closed = resolve;
      this.#socket.destroy();
    });
  }
}

import { constants, createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { once } from 'node:events';
import { vi } from 'vitest';
import { WebSocket } from 'ws';
import type { Json } from '../../support/json.ts';
import {
  type KalshiBook,
  type KalshiKey,
  KalshiSimulator,
  type KalshiSimulatorOptions,
  makeKey,
} from '../../support/kalshi-sim-internals.ts';

/** A message as it came. */
export interface Message {
  readonly id?: number;
  readonly type: string;
  readonly sid?: number;
  readonly seq?: number;
  readonly msg: Json;
  readonly sending_ts_ms?: number;
}

export interface Signer {
  readonly keyId: string;
  readonly privateKey: string | KeyObject;
}

/** What a test signs with, unless it says otherwise: one key for all, since simulators let in what they are told. */
const { key: KEY, credentials: CREDENTIALS } = makeKey();

const running: KalshiSimulator[] = [];

/** Nothing happens in it but what a test asks for. */
export async function simulator(options: KalshiSimulatorOptions = {}): Promise<KalshiSimulator> {
  const sim = new KalshiSimulator({ rate: 0, actEvery: 0, markets: 20, keys: [KEY], ...options });
  running.push(sim);
  await sim.listen();
  return sim;
}

export async function closeAll(): Promise<void> {
  for (const sim of running.splice(0)) await sim.close();
}

/** A key of a user, and what signs with it. */
export function keyOf(id: string, more: Partial<KalshiKey> = {}): { key: KalshiKey; signer: Signer } {
  const { key, credentials } = makeKey('ed25519', id);
  return { key: { ...key, ...more }, signer: credentials };
}

/** Signs as the documentation says. */
export function headers(
  { keyId, privateKey }: Signer,
  timestamp = String(Date.now()),
): Record<string, string> {
  const key = typeof privateKey === 'string' ? createPrivateKey(privateKey) : privateKey;
  const text = Buffer.from(`${timestamp}GET/trade-api/ws/v2`);
  const scheme = { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  const signature =
    key.asymmetricKeyType === 'ed25519' ? sign(null, text, key) : sign('sha256', text, scheme);
  return signed(keyId, timestamp, signature.toString('base64'));
}

export function signed(keyId: string, timestamp: string, signature: string): Record<string, string> {
  return {
    'KALSHI-ACCESS-KEY': keyId,
    'KALSHI-ACCESS-TIMESTAMP': timestamp,
    'KALSHI-ACCESS-SIGNATURE': signature,
  };
}

/** A bare client that keeps what it receives. */
export class Client {
  readonly socket: WebSocket;
  readonly messages: Message[] = [];
  /** Texts that were no JSON. */
  readonly garbage: string[] = [];
  readonly pings: string[] = [];
  readonly #answers = new Map<number, Message[]>();
  #nextId = 1;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('error', () => {});
    socket.on('ping', (data: Buffer) => this.pings.push(data.toString()));
    socket.on('message', (data: Buffer) => {
      const text = data.toString();
      try {
        this.#keep(JSON.parse(text) as Message);
      } catch {
        this.garbage.push(text);
      }
    });
  }

  static async connect(
    sim: KalshiSimulator,
    signer: Signer | null = CREDENTIALS,
    more: object = {},
  ): Promise<Client> {
    const options = { perMessageDeflate: false, headers: signer === null ? {} : headers(signer), ...more };
    const client = new Client(new WebSocket(sim.url, options));
    await once(client.socket, 'open');
    return client;
  }

  /** Sends a command and waits for the first message that answers it. */
  async command(cmd: string, params?: object): Promise<Message> {
    const id = this.#nextId++;
    this.socket.send(JSON.stringify({ id, cmd, ...(params && { params }) }));
    await this.until(() => this.answers(id).length > 0);
    return this.answers(id)[0]!;
  }

  /** One channel. */
  subscribe(channel: string, params: object = {}): Promise<Message> {
    return this.command('subscribe', { channels: [channel], ...params });
  }

  update(sid: number, action: string, params: object = {}): Promise<Message> {
    return this.command('update_subscription', { sid, action, ...params });
  }

  answers(id: number): Message[] {
    return this.#answers.get(id) ?? [];
  }

  /** Of a type, or of several. */
  of(...types: string[]): Message[] {
    return this.messages.filter(({ type }) => types.includes(type));
  }

  /** Waits for a state of this client, as fast as it comes. */
  until(condition: (client: this) => boolean): Promise<boolean> {
    return vi.waitUntil(() => condition(this), { timeout: 120_000, interval: 2 });
  }

  #keep(message: Message): void {
    this.messages.push(message);
    const { id } = message;
    if (id === undefined) return;
    const before = this.#answers.get(id);
    if (before === undefined) this.#answers.set(id, [message]);
    else before.push(message);
  }

  /** Waits until all that the simulator has sent so far is here. */
  async settled(): Promise<void> {
    await this.command('list_subscriptions');
  }
}

/** How an upgrade was refused. */
export async function refusal(
  url: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: unknown }> {
  const socket = new WebSocket(url, { headers });
  socket.on('error', () => {});
  const [, response] = await once(socket, 'unexpected-response');
  let text = '';
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode, body: JSON.parse(text) };
}

/** `"0.0800"` in 1/10,000 $; `"300.00"` in 1/100 contract. */
export function units(text: string, places: number): number {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.');
  const value = Number(whole + fraction.padEnd(places, '0'));
  return text.startsWith('-') ? -value : value;
}

type Ladder = Map<number, number>;

/** Books built from frames by the documented rules, without a thought for speed. */
export class NaiveBooks {
  readonly #books = new Map<string, { yes: Ladder; no: Ladder }>();
  readonly #useYesPrice: boolean;
  /** Levels that went below zero. */
  negatives = 0;

  constructor(frames: readonly Message[], useYesPrice = false) {
    this.#useYesPrice = useYesPrice;
    for (const frame of frames) this.#apply(frame);
  }

  book(ticker: string): KalshiBook | undefined {
    const book = this.#books.get(ticker);
    return book && { yes: sorted(book.yes), no: sorted(book.no) };
  }

  #apply({ type, msg }: Message): void {
    if (type === 'orderbook_snapshot') {
      const yes = this.#ladder(msg, 'yes');
      const no = this.#ladder(msg, 'no');
      this.#books.set(msg.market_ticker, { yes, no });
    } else if (type === 'orderbook_delta') {
      const ladder: Ladder | undefined = this.#books.get(msg.market_ticker)?.[msg.side as 'yes' | 'no'];
      if (ladder === undefined) return;
      const price = this.#price(msg.price_dollars, msg.side);
      const delta = msg.delta_fp === undefined ? msg.delta * 100 : units(msg.delta_fp, 2);
      const count = (ladder.get(price) ?? 0) + delta;
      if (count < 0) this.negatives++;
      if (count === 0) ladder.delete(price);
      else ladder.set(price, count);
    }
  }

  #ladder(msg: Message['msg'], side: 'yes' | 'no'): Ladder {
    const strings: [string, string][] = msg[`${side}_dollars_fp`] ?? [];
    const integers: [number, number][] = msg[side] ?? [];
    return new Map([
      ...integers.map(([price, count]) => [price * 100, count * 100] as const),
      ...strings.map(([price, count]) => [this.#price(price, side), units(count, 2)] as const),
    ]);
  }

  #price(text: string, side: 'yes' | 'no'): number {
    const price = units(text, 4);
    return side === 'no' && this.#useYesPrice ? 10_000 - price : price;
  }
}

function sorted(ladder: Ladder): [number, number][] {
  return [...ladder].sort(([a], [b]) => a - b);
}

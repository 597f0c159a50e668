import { once } from 'node:events';
import type { KiteMode, KiteSimulator } from 'tickring/sim';
import { vi } from 'vitest';
import { WebSocket } from 'ws';

/** A packet as it came over the wire, without its length prefix. */
export interface Packet {
  readonly token: number;
  readonly bytes: Buffer;
}

/** Splits a frame by the documented layout, and checks that nothing is left over. */
export function packetsOf(frame: Buffer): Packet[] {
  const packets: Packet[] = [];
  let at = 2;
  for (let left = frame.readUInt16BE(0); left > 0; left--) {
    const bytes = frame.subarray(at + 2, at + 2 + frame.readUInt16BE(at));
    packets.push({ token: bytes.readUInt32BE(0), bytes });
    at += 2 + bytes.length;
  }
  if (at !== frame.length) throw new Error(`the frame has ${frame.length} bytes, its packets end at ${at}`);
  return packets;
}

/** A bare client that keeps what it receives. */
export class Client {
  readonly socket: WebSocket;
  /** Market data frames. */
  readonly frames: Buffer[] = [];
  readonly texts: string[] = [];
  heartbeats = 0;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('error', () => {});
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (!isBinary) this.texts.push(data.toString());
      else if (data.length === 1) this.heartbeats++;
      else this.frames.push(data);
    });
  }

  static async connect(sim: KiteSimulator, apiKey = 'demo', accessToken = 'demo'): Promise<Client> {
    const client = new Client(new WebSocket(`${sim.url}/?api_key=${apiKey}&access_token=${accessToken}`));
    await once(client.socket, 'open');
    return client;
  }

  /** Sends requests and waits until the simulator has applied the last of them. */
  async request(sim: KiteSimulator, ...requests: object[]): Promise<void> {
    let left = requests.length;
    const applied = new Promise<void>((resolve) => {
      const count = () => {
        if (--left > 0) return;
        sim.off('subscription', count);
        resolve();
      };
      sim.on('subscription', count);
    });
    for (const request of requests) this.socket.send(JSON.stringify(request));
    await applied;
  }

  subscribe(sim: KiteSimulator, tokens: Iterable<number>, mode?: KiteMode): Promise<void> {
    const v = [...tokens];
    const requests: object[] = [{ a: 'subscribe', v }];
    if (mode !== undefined) requests.push({ a: 'mode', v: [mode, v] });
    return this.request(sim, ...requests);
  }

  get packets(): Packet[] {
    return this.frames.flatMap(packetsOf);
  }

  /** Waits for a state of this client, as fast as it comes. */
  until(condition: (client: this) => boolean): Promise<boolean> {
    return until(() => condition(this));
  }
}

export async function until(condition: () => boolean): Promise<boolean> {
  return vi.waitUntil(condition, { timeout: 120_000, interval: 5 });
}

/** The close status with which an upgrade was refused, and the body of the response. */
export async function refusal(url: string): Promise<{ status: number | undefined; body: unknown }> {
  const socket = new WebSocket(url);
  socket.on('error', () => {});
  const [, response] = await once(socket, 'unexpected-response');
  let text = '';
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode, body: JSON.parse(text) };
}

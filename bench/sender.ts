/**
 * A process that speaks Kite's protocol as far as benchmarks need it, and does as little as possible for each frame: two
 * cores have to do for it and for what is measured, so that a simulator that makes its market up on the way would be
 * measured with it. It sends what the parent process asks for to all who are connected: see sender-process.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { microseconds } from './sender-clock.ts';
import { stamped, tokens, wireFrames } from './sender-frames.ts';
import type { FromSender, Sending, Sent, ToSender } from './sender-process.ts';

interface Client {
  readonly websocket: WebSocket;
  readonly stream: Duplex;
  /** Aborted when it is gone. */
  readonly gone: AbortController;
}

/** What is written at once, about, bytes: enough that the kernel's buffers never run empty meanwhile. */
const CHUNK = 256 * 1024;
/** Ready-made frames of a paced sending. */
const VARIETY = 100;
/** In band: all frames have been sent. */
const END = JSON.stringify({ type: 'message', data: 'end' });

const clients = new Set<Client>();
const websockets = new WebSocketServer({ noServer: true, clientTracking: false, perMessageDeflate: false });
const server = createServer({ noDelay: true });
server.on('upgrade', (request, stream, head) => {
  websockets.handleUpgrade(request, stream, head, (websocket) => {
    const client = { websocket, stream, gone: new AbortController() };
    clients.add(client);
    // ws closes the connection after an error by itself.
    websocket.on('error', () => {});
    websocket.on('close', () => {
      clients.delete(client);
      client.gone.abort(new Error('a client went away while frames were sent to it'));
    });
  });
});
let stop = (): void => {};

process.on('message', (message: ToSender) => {
  if (message.type === 'stop') stop();
  else void obey(message.sending);
});
process.on('disconnect', () => process.exit(0));
server.listen(0, '127.0.0.1');
await once(server, 'listening');
tell({ type: 'listening', url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`, tokens });

async function obey(sending: Sending): Promise<void> {
  try {
    const sent = sending.rate === undefined ? await pour(sending) : await pace(sending, sending.rate);
    for (const { websocket } of open()) websocket.send(END);
    tell({ type: 'sent', ...sent });
  } catch (error) {
    tell({ type: 'failed', reason: String(error) });
  }
}

/** As fast as TCP takes them, the same ready-made frames again and again. */
async function pour({ connections, frames, packets }: Sending): Promise<Sent> {
  const all = open();
  if (all.length !== connections) throw new Error(`${all.length} connections are open, not ${connections}`);
  const frameBytes = wireFrames(1, packets).length;
  const most = Math.max(1, Math.floor(CHUNK / frameBytes));
  const chunk = wireFrames(most, packets);
  const startedAt = microseconds();
  await Promise.all(
    all.map(async ({ stream, gone: { signal } }) => {
      for (let left = frames; left > 0; left -= most) {
        signal.throwIfAborted();
        const bytes = chunk.subarray(0, Math.min(left, most) * frameBytes);
        if (!stream.write(bytes)) await once(stream, 'drain', { signal });
      }
    }),
  );
  return { ticks: all.length * frames * packets, startedAt };
}

/** So many ticks a second to each who is connected, until there were enough or it is stopped; what is late is made up for. */
async function pace({ frames, packets }: Sending, rate: number): Promise<Sent> {
  const frameBytes = wireFrames(1, packets).length;
  const ready = wireFrames(VARIETY, packets);
  const startedAt = microseconds();
  const start = performance.now();
  let sent = 0;
  let ticks = 0;
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const due = Math.min(frames, ((performance.now() - start) * rate) / 1000 / packets);
      for (; sent + 1 <= due; sent++) {
        const at = (sent % VARIETY) * frameBytes;
        const frame = stamped(ready.subarray(at, at + frameBytes));
        for (const { stream } of open()) {
          stream.write(frame);
          ticks += packets;
        }
      }
      if (sent >= frames) stop();
    }, 1);
    stop = () => {
      clearInterval(timer);
      resolve();
    };
  });
  return { ticks, startedAt };
}

function open(): Client[] {
  return [...clients].filter(({ websocket }) => websocket.readyState === WebSocket.OPEN);
}

function tell(message: FromSender): void {
  process.send?.(message);
}

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { constants, setPriority } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { configure, Server } from './serve-internals.ts';
import { median, type Series } from './suite.ts';

const CLIENTS = 500;
const SYMBOL = 'BTC/USD';
/** Market events a second, of one pair. */
const RATE = 2000;
/** Time for the market, or the clients, to settle, and for each measurement, ms. */
const WARM_UP = 1000;
const MEASURED = 3000;
const ROUNDS = 3;

interface Latency {
  readonly p50: number;
  readonly p99: number;
}

/** A server, its simulator in a thread of the same process; the clients are in another one. */
async function withServer<Result>(
  interval: number,
  measure: (server: Server) => Promise<Result>,
): Promise<Result> {
  const what = ['--sim', '--venue', 'kraken', '--symbols', `kraken:${SYMBOL}`, '--rate', String(RATE)];
  const how = [
    '--port',
    '0',
    '--log-level',
    'silent',
    '--rate-burst',
    '100000',
    '--interval',
    String(interval),
  ];
  const server = await Server.start(configure([...what, ...how], {})!);
  try {
    await pause(WARM_UP);
    return await measure(server);
  } finally {
    await server.close();
  }
}

async function openClients(server: Server): Promise<ChildProcess> {
  const address = new URL(`/stream/${encodeURIComponent(SYMBOL)}`, server.url);
  const child = fork(new URL('./serve-sse-clients.js', import.meta.url), [address.href, String(CLIENTS)]);
  await once(child, 'message');
  // They would be on other machines.
  setPriority(child.pid!, constants.priority.PRIORITY_BELOW_NORMAL);
  await pause(WARM_UP);
  return child;
}

async function counted(clients: ChildProcess): Promise<{ updates: number; at: number }> {
  const answer = once(clients, 'message');
  clients.send('count');
  const [count] = (await answer) as [{ updates: number; at: number }];
  return count;
}

/** Updates a second that all clients get together. */
async function delivered(server: Server): Promise<number> {
  const clients = await openClients(server);
  const before = await counted(clients);
  await pause(MEASURED);
  const after = await counted(clients);
  clients.disconnect();
  return ((after.updates - before.updates) * 1000) / (after.at - before.at);
}

/** Receive → publish, of the last second or two. */
async function feedLatency(server: Server): Promise<Latency> {
  await pause(MEASURED);
  const answer = await fetch(new URL('/stats', server.url));
  const { venues } = (await answer.json()) as {
    venues: { kraken: { recent: { receiveToPublish: Latency } } };
  };
  return venues.kraken.recent.receiveToPublish;
}

export const serveSseFanout: Series = {
  name: 'serve-sse-fanout',
  unit: '1/s',
  note: `one pair, ${RATE} market events a second from a simulator in a thread; ${CLIENTS} streams of it, read by one process of lower priority, because it would be elsewhere. As fast as possible: the server looks for changes every ms; latencies of the feed (receive → publish, medians of ${ROUNDS} measurements each, in turns) with the default of 50 ms. Simulator, feed, decoder, server and clients share the machine's cores`,
  async measure() {
    const most = await withServer(1, delivered);
    const usual = await withServer(50, delivered);
    const [without, withClients] = await withServer(50, async (server) => {
      const alone: Latency[] = [];
      const served: Latency[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        alone.push(await feedLatency(server));
        const clients = await openClients(server);
        served.push(await feedLatency(server));
        clients.disconnect();
        await pause(WARM_UP);
      }
      return [alone, served];
    });
    const middle = (latencies: readonly Latency[], of: keyof Latency) =>
      median(latencies.map((each) => each[of]));
    return [
      { label: `updates to ${CLIENTS} clients, as fast as possible`, value: most },
      { label: `updates to ${CLIENTS} clients, every 50 ms`, value: usual },
      { label: 'feed p50, no clients', value: middle(without, 'p50'), unit: 'µs' },
      { label: `feed p50, ${CLIENTS} clients`, value: middle(withClients, 'p50'), unit: 'µs' },
      { label: 'feed p99, no clients', value: middle(without, 'p99'), unit: 'µs' },
      { label: `feed p99, ${CLIENTS} clients`, value: middle(withClients, 'p99'), unit: 'µs' },
    ];
  },
};

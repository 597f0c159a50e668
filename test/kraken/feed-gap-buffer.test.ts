import { once } from 'node:events';
import { KrakenFeed } from 'tickring/kraken';
import { KrakenSimulator } from 'tickring/sim';
import { expect, test } from 'vitest';
import WebSocket from 'ws';
import { AT_ONCE } from '../support/feed.ts';
import { BTC, krakenEvent, untilRead } from '../support/kraken.ts';
import { ScriptedKraken } from '../support/kraken-server.ts';

/** A book's session: its first snapshot, updates, and the snapshot of a later subscriber between two of them. */
interface Session {
  readonly first: string;
  readonly updates: readonly string[];
  /** As it was after this many updates. */
  readonly later: { readonly snapshot: string; readonly after: number };
}

async function bookFrames(socket: WebSocket, count: number, act: () => void): Promise<string[]> {
  const frames: string[] = [];
  const enough = new Promise<void>((resolve) => {
    const listener = (data: WebSocket.RawData) => {
      const text = data.toString();
      if (!text.startsWith('{"channel":"book"')) return;
      if (frames.push(text) < count) return;
      socket.off('message', listener);
      resolve();
    };
    socket.on('message', listener);
  });
  act();
  await enough;
  return frames;
}

/** Has the simulator play a session: the frames are right, and their times rise. */
async function recordSession(updates: number, after: number): Promise<Session> {
  await using simulator = new KrakenSimulator({ rate: 0, startTime: 1_790_000_000_000 });
  await simulator.listen();
  const subscribe = { method: 'subscribe', params: { channel: 'book', symbol: [BTC], depth: 10 } };
  const [one, two] = [new WebSocket(simulator.url), new WebSocket(simulator.url)];
  await Promise.all([once(one, 'open'), once(two, 'open')]);
  const frames: string[] = [];
  /** Steps until the first client has been sent an update more. */
  const next = async () => {
    const sent = () => simulator.subscriptions({ connection: 1 })[0]?.updates ?? 0;
    const before = sent();
    frames.push(
      ...(await bookFrames(one, 1, () => {
        while (sent() === before) simulator.step(1, BTC);
      })),
    );
  };
  const [first] = await bookFrames(one, 1, () => one.send(JSON.stringify(subscribe)));
  while (frames.length < after) await next();
  const [snapshot] = await bookFrames(two, 1, () => two.send(JSON.stringify(subscribe)));
  while (frames.length < updates) await next();
  one.terminate();
  two.terminate();
  return { first: first!, updates: frames, later: { snapshot: snapshot!, after } };
}

function spoiled(frame: string): string {
  return frame.replace(/"checksum":\d+/, '"checksum":7');
}

test("with the policy 'buffer' what came during a gap is kept, and what the snapshot does not have is put in behind it", async () => {
  const { first, updates, later } = await recordSession(8, 4);
  let subscribed = 0;
  await using server = await ScriptedKraken.listen((request, client) => {
    client.grant(request);
    if (request.method !== 'subscribe') return;
    subscribed += 1;
    if (subscribed === 1) {
      client.send(first);
      client.send(updates[0]!);
      client.send(spoiled(updates[1]!));
      return;
    }
    // Overtaken by two updates that happened after it, among older ones.
    for (const update of [updates[2]!, updates[4]!, updates[3]!, updates[5]!]) client.send(update);
    client.send(later.snapshot);
    client.send(updates[6]!);
    client.send(updates[7]!);
  });
  await using feed = new KrakenFeed({
    url: server.url,
    gapPolicy: 'buffer',
    reconnect: AT_ONCE,
    ackTimeout: 60_000,
    readTimeout: 60_000,
    connections: 1,
    books: 8,
  });
  using reader = feed.reader();
  await feed.start();
  const gap = krakenEvent(feed, 'gap');
  const done = krakenEvent(feed, 'resync', ({ outcome }) => outcome === 'done');
  void feed.subscribe({ channel: 'book', symbols: [BTC] });
  const book = feed.book(BTC);
  await done;
  const lastTime = Date.parse(JSON.parse(updates[7]!).data[0].timestamp);
  await untilRead(reader, () => Math.trunc(book.asOf ?? 0) === lastTime);
  // All checks matched: only the spoiled one failed.
  expect(book.trusted).toBe(true);
  expect(feed.stats()).toMatchObject({ gaps: 1, booksFailed: 1, replayed: 2 });
  const kept = feed.gapMessages(BTC);
  expect(kept.slice(0, 3).map(({ text }) => text)).toEqual([first, updates[0], spoiled(updates[1]!)]);
  expect(JSON.parse(kept[2]!.text).data[0].checksum).toBe((await gap)[0].expected);
  expect(kept.at(-1)?.text).toBe(later.snapshot);
  expect(kept.filter(({ replayed }) => replayed).map(({ text }) => text)).toEqual([updates[4], updates[5]]);
  expect(kept.filter(({ text }) => text === updates[2])).toMatchObject([{ replayed: false }]);
  expect(feed.gapMessages('ETH/USD')).toEqual([]);
});

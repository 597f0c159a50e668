// A process with a feed in it that ends in one of several ways. It must then exit by itself.
import { KiteFeed } from 'tickring';

const [url, way, io = 'main'] = process.argv.slice(2);
const never = new AbortController();
const feed = new KiteFeed({
  url,
  apiKey: 'demo',
  accessToken: 'demo',
  signal: never.signal,
  staleAfter: 1000,
  io,
});

const ways = {
  async 'after reading'() {
    const reader = feed.reader({ kind: 'gating' });
    feed.subscribe([408065, 738561]);
    await feed.start();
    await feed.ready();
    let ticks = 0;
    for await (const batch of reader) {
      for (const _ of batch) ticks += 1;
      if (ticks > 100) break;
    }
    await feed.close();
  },
  async 'while a reader waits'() {
    const reader = feed.reader();
    await feed.start();
    const waiting = reader.wait();
    await feed.close();
    if (await waiting) throw new Error('there is nothing to read');
  },
  async 'twice at once'() {
    feed.subscribe([408065]);
    await feed.start();
    await Promise.all([feed.close(), feed.close()]);
    await feed.close();
  },
  async 'without being started'() {
    feed.subscribe([408065]);
    await feed.close();
  },
  async 'without being started or closed'() {},
  async 'while it starts'() {
    feed.subscribe([408065]);
    const started = feed.start().catch((error) => error.code);
    await feed.close();
    if ((await started) !== 'ERR_TICKRING_CLOSED') throw new Error('it did not say that it is closed');
  },
  async 'while it connects'() {
    feed.subscribe([408065]);
    const connecting = new Promise((resolve) => feed.once('state', resolve));
    await feed.start();
    await connecting;
    await feed.close();
  },
  async 'while it waits to connect again'() {
    const other = new KiteFeed({ url: 'ws://127.0.0.1:1', apiKey: 'demo', accessToken: 'demo', io });
    other.subscribe([408065]);
    const waiting = new Promise((resolve) => other.once('retry', resolve));
    await other.start();
    await waiting;
    await other.close();
  },
  async 'by its disposal'() {
    feed.subscribe([408065]);
    await feed.start();
    await feed.ready();
    await feed[Symbol.asyncDispose]();
  },
};

await ways[way]();
process.stdout.write(`${feed.state}\n`);

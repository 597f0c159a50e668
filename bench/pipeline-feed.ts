import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { KiteFeed, type KiteFeedOptions } from 'tickring/kite';
import type { SenderProcess } from './sender-process.ts';

/** A feed of what a sender sends, as a user would make it. Not started: readers come first. */
export function makeFeed({ url, tokens }: SenderProcess, options: KiteFeedOptions = {}): KiteFeed {
  const account = { apiKey: 'bench', accessToken: 'bench' };
  const feed = new KiteFeed({ url, ...account, mode: 'full', connections: 1, ...options });
  feed.subscribe(tokens);
  return feed;
}

export async function connect(feed: KiteFeed): Promise<void> {
  await feed.start();
  await feed.ready();
}

/** Resolves when the text frame behind a sending has come. */
export function endOf(feed: KiteFeed): Promise<void> {
  return new Promise((resolve) => feed.once('message', () => resolve()));
}

/** A worker that reads a feed. */
export interface WorkerReader<Answer> {
  /** What it posts at its end. */
  readonly answer: Promise<Answer>;
}

/** Starts a worker that posts when it reads, and, later, what it has found; resolves when it reads. */
export async function startReader<Answer>(url: URL, workerData: object): Promise<WorkerReader<Answer>> {
  const worker = new Worker(url, { workerData });
  await once(worker, 'message');
  return { answer: once(worker, 'message').then(([answer]) => answer as Answer) };
}

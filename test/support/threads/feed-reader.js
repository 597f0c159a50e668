// Attaches to a feed, reads until it is closed, and says what it got.
import { parentPort, workerData } from 'node:worker_threads';
import { attach } from 'tickring';
import { Audit } from './feed-audit.js';

const { handle, options, latest } = workerData;
const feed = attach(handle);
const reader = feed.reader(options);
const audit = new Audit();
const connections = new Set();
const accounts = new Set();
parentPort.postMessage('ready');
while (reader.waitSync()) {
  for (const tick of reader.drain()) {
    audit.add(tick);
    connections.add(tick.connection);
    accounts.add(tick.account);
  }
}
parentPort.postMessage({
  entries: audit.entries(),
  gaps: audit.gaps,
  lagged: reader.lagged,
  connections: [...connections],
  accounts: [...accounts],
  latest: latest.map((token) => feed.latest(token)?.toObject()),
});

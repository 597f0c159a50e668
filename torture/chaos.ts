/**
 * Chaos: a feed against a simulator that does everything wrong that it can, in an order drawn from the seed, while three
 * readers read, some of them blocked at times, and subscriptions change. 20 s, nightly 10 minutes. What must hold:
 *
 * - no exception escapes, and no connection takes a step that its table of states does not know;
 * - no tick is invented, doubled or moved: what was read of an instrument is, hash by hash, the beginning of what was sent on that
 *   connection, and all of it unless the connection broke;
 * - what a reader missed, it counted: what it read and what it says it missed are together what was published;
 * - at the end, what the service streams is what is subscribed to.
 */
import { CapacityError, KiteFeed, type Mode, TickringError } from 'tickring';
import { KITE_FAULTS, type KiteFault, type KiteSimulatorStats } from 'tickring/sim';
import { CheckedReader } from './chaos-checkers.ts';
import { type Chain, GatingThread, Witness } from './chaos-reader.ts';
import { ChaosSimulator } from './chaos-simulator.ts';
import { type Random, type Run, torture, until } from './support.ts';

const SHORT_SECONDS = 20;
const NIGHTLY_SECONDS = 600;
const ACCOUNTS = ['a', 'b', 'c'] as const;
const MODES: readonly Mode[] = ['ltp', 'quote', 'full'];
/** The longest fault: a silence that the feed has to notice. */
const READ_TIMEOUT = 400;
const LONGEST_SILENCE = 1_500;
/** Between two things that happen, ms at most. */
const PAUSE = 60;
/** How often the books may have to be compared. */
const MOST_BALANCES = 10;

await torture('chaos', async (run) => {
  const seconds = run.pick(SHORT_SECONDS, NIGHTLY_SECONDS);
  const simulator = new ChaosSimulator({
    rate: 30_000,
    instruments: 2_000,
    seed: run.seed,
    heartbeatInterval: 100,
    packetsPerFrame: 50,
    audit: 'history',
    credentials: ACCOUNTS.map((id) => ({ apiKey: id, accessToken: `token-${id}` })),
  });
  const { url, tokens } = await simulator.call('url');
  const feed = new KiteFeed({
    url,
    accounts: ACCOUNTS.map((id) => ({ id, apiKey: id, accessToken: () => `token-${id}` })),
    connections: 1,
    readTimeout: READ_TIMEOUT,
    reconnect: { initialDelay: 5, maxDelay: 100, maxAttempts: Number.POSITIVE_INFINITY },
    // Small, so that blocked readers are felt as far as the socket.
    frameRingBytes: 2 ** 18,
    recordSlots: 4096,
  });
  const log = watch(feed, run);
  const witness = new Witness(ACCOUNTS.length);
  const gating = new GatingThread(feed.handle, witness);
  await gating.joined();
  const copying = new CheckedReader(feed.handle, witness, 'copying');
  const conflating = new CheckedReader(feed.handle, witness, 'conflating');
  const reading = [setInterval(() => copying.drain(), 10), setInterval(() => conflating.drain(), 50)];

  feed.subscribe(tokens.slice(0, 600), 'full');
  await feed.start();
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end && !run.violated) {
    await act(run.random, { feed, simulator, gating, copying, tokens });
    await new Promise((resolve) => setTimeout(resolve, run.random.below(PAUSE)));
  }

  await calm(run, feed, simulator);
  await balance(run, feed, simulator, log.epochs);
  await simulator.call('pause');
  // So that a connection that opens once more brings nothing with it.
  feed.unsubscribe(feed.subscriptions().map(({ instrumentToken }) => instrumentToken));
  await inStep(run, feed, simulator);
  await settle(run, feed, simulator, log.marks);
  const { chains, records, outOfOrder } = await gating.finish();
  for (const timer of reading) clearInterval(timer);
  for (const reader of [copying, conflating]) {
    reader.drain();
    reader.drain();
    reader.close();
  }

  const stats = feed.stats();
  const sent = await simulator.call('stats');
  run.check(
    stats.records === records,
    `${stats.records} records were decoded, and ${records} read by the gating reader`,
  );
  run.check(outOfOrder === 0, `the gating reader got ${outOfOrder} records out of order`);
  for (const [name, reader] of [
    ['copying', copying],
    ['conflating', conflating],
  ] as const) {
    const { read, missed, wrong } = reader;
    run.check(wrong === 0, `the ${name} reader got ${wrong} records that the gating reader saw otherwise`);
    run.check(reader.outOfOrder === 0, `the ${name} reader got ${reader.outOfOrder} records out of order`);
    run.check(
      read + missed === records,
      `the ${name} reader read ${read} and missed ${missed}, which is not ${records}`,
    );
  }
  const lost = await compare(run, simulator, chains, log.sessions);
  run.check(
    stats.framesDropped === 0 && stats.recordsDropped === 0,
    `${stats.framesDropped} frames and ${stats.recordsDropped} records were dropped, though the feed is to wait`,
  );
  run.check(stats.framesQuarantined === 0, `${stats.framesQuarantined} frames were quarantined`);
  // Heartbeats still come: one may have been received and not decoded just now.
  const undecoded = () => {
    const { frames, framesDecoded } = feed.stats();
    return frames - framesDecoded;
  };
  const decoded = await until(() => undecoded() === 0, 5_000);
  run.check(decoded, () => `${undecoded()} frames were received and not decoded`);
  await feed.close();
  await simulator.stop();

  run.faults = sent.injected.faults;
  Object.assign(run.numbers, {
    'packets sent': sent.packetsSent,
    'ticks read': records,
    'lost with connections that broke, on the wire': sent.packetsSent - records - lost,
    'lost otherwise': lost,
    'faults injected': Object.values(sent.injected.faults).reduce((sum, count) => sum + count, 0),
    'malformed frames sent': sent.injected.malformedFrames,
    'packets rejected': stats.rejected,
    'frames too large': stats.framesTooLarge,
    connects: log.epochs.reduce((sum, epochs) => sum + epochs, 0),
    'sockets paused': stats.pauses,
    'lagged (copying)': copying.missed,
    'coalesced (conflating)': conflating.missed,
    'records compared between readers': copying.confirmed + conflating.confirmed,
    'errors reported': log.errors,
  });
});

interface Stage {
  readonly feed: KiteFeed;
  readonly simulator: ChaosSimulator;
  readonly gating: GatingThread;
  readonly copying: CheckedReader;
  readonly tokens: readonly number[];
}

/** One thing happens. */
async function act(random: Random, { feed, simulator, gating, copying, tokens }: Stage): Promise<void> {
  const some = () => {
    const from = random.below(tokens.length);
    return tokens.slice(from, from + random.between(1, 200));
  };
  switch (random.below(11)) {
    case 0:
      try {
        feed.subscribe(some(), random.of(MODES));
      } catch (error) {
        // When every account has been refused there is no room anywhere, and the feed says so.
        if (!(error instanceof CapacityError)) throw error;
      }
      return;
    case 1:
      feed.unsubscribe(some());
      return;
    case 2:
      feed.setMode(random.of(MODES), some());
      return;
    case 3:
      gating.block(random.between(1, 600));
      return;
    case 4:
      // This thread: sockets, the copying and the conflating reader.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, random.between(1, 150));
      return;
    case 5:
      // Until it is lapped.
      copying.pause(random.between(1, 1_500));
      return;
    default:
      await simulator.call('inject', anyFault(random), random.chance(0.8) ? random.of(ACCOUNTS) : undefined);
  }
}

function anyFault(random: Random): KiteFault {
  const kind = random.of(KITE_FAULTS);
  switch (kind) {
    case 'disconnect':
      return random.chance(0.5) ? { kind } : { kind, code: random.between(4000, 4999) };
    case 'silence':
      return { kind, ms: random.between(1, LONGEST_SILENCE) };
    case 'giant-frame':
      return { kind, bytes: random.between(2 ** 18, 2 ** 22) };
    case 'wrong-count':
    case 'wrong-length':
      return { kind, by: random.of([-200, -10, -3, -1, 1, 2, 100, 60_000]) };
    case 'unknown-packet-length':
      return { kind, bytes: random.below(183) };
    case 'slow-drip':
      return { kind, bytes: random.between(4, 200) };
    case 'burst':
      return { kind, frames: random.between(1, 100) };
    case 'refuse':
      return { kind, connects: random.between(1, 3) };
    case 'stop-listening':
      return { kind, ms: random.between(1, 300) };
    default:
      return { kind };
  }
}

/** What happens, for later; and what must not. */
function watch(feed: KiteFeed, run: Run) {
  const epochs = ACCOUNTS.map(() => 0);
  /** `connection:epoch` → the simulator's session. */
  const sessions = new Map<string, number>();
  /** The last mark that each connection has brought. */
  const marks = ACCOUNTS.map(() => 0);
  const log = { epochs, sessions, marks, errors: 0 };
  feed.on('state', ({ connection, account, cause }) => {
    if (cause === 'socket-open') epochs[connection]!++;
    // Refused twice, although the token is good: as one would, it is told anew, a little later.
    if (cause === 'credentials-refused') {
      setTimeout(() => feed.updateCredentials(account, { accessToken: () => `token-${account}` }), 20);
    }
  });
  feed.on('message', (message, { connection }) => {
    const { session, mark } = message as { session?: number; mark?: number };
    if (session !== undefined) sessions.set(`${connection}:${epochs[connection]}`, session);
    if (mark !== undefined) marks[connection] = mark;
  });
  feed.on('error', (error) => {
    log.errors++;
    const known = error instanceof TickringError && error.code !== 'ERR_TICKRING_STATE';
    run.check(
      known && error.code !== 'ERR_TICKRING_DECODER',
      () => `an error that must not be: ${error.stack}`,
    );
  });
  return log;
}

/** No more faults: everything has to come right by itself. */
async function calm(run: Run, feed: KiteFeed, simulator: ChaosSimulator): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, LONGEST_SILENCE));
  await inStep(run, feed, simulator);
  run.numbers['subscriptions at the end'] = feed.subscriptions().length;
}

/** Waits until all connections are up, and the service streams what is wanted. */
async function inStep(run: Run, feed: KiteFeed, simulator: ChaosSimulator): Promise<void> {
  const up = await until(() => isUp(feed), 20_000);
  run.check(up, () => `not all connections came back: ${feed.states.join(', ')}`);
  let difference = '';
  const end = performance.now() + 10_000;
  do {
    difference = differenceOf(feed, await simulator.call('subscriptions'));
    await new Promise((resolve) => setTimeout(resolve, 50));
  } while (difference !== '' && performance.now() < end);
  run.check(difference === '', `the subscriptions are not right at the end: ${difference}`);
}

function isUp(feed: KiteFeed): boolean {
  return feed.states.every((state) => state === 'subscribed');
}

/** What the feed wants and what the service streams, compared by account. */
function differenceOf(
  feed: KiteFeed,
  open: readonly { apiKey: string; subscriptions: Map<number, string> }[],
): string {
  const wanted = new Map<string, string>();
  for (const { instrumentToken, account, mode } of feed.subscriptions()) {
    wanted.set(`${account}:${instrumentToken}`, mode);
  }
  const streamed = new Map<string, string>();
  for (const { apiKey, subscriptions } of open) {
    for (const [token, mode] of subscriptions) streamed.set(`${apiKey}:${token}`, mode);
  }
  const missing = [...wanted].filter(([key, mode]) => streamed.get(key) !== mode);
  const ghosts = [...streamed.keys()].filter((key) => !wanted.has(key));
  if (missing.length + ghosts.length === 0) return '';
  return `${missing.length} missing or in another mode (${missing[0]}), ${ghosts.length} ghosts (${ghosts[0]})`;
}

/**
 * All connections are well, so that every fault of a frame arrives: the two sides' books must balance exactly. On a busy machine
 * a connection may be taken for silent in between, and what was on its way is lost with it: then once more.
 */
async function balance(
  run: Run,
  feed: KiteFeed,
  simulator: ChaosSimulator,
  epochs: readonly number[],
): Promise<void> {
  let imbalance = '';
  for (let attempt = 0; attempt < MOST_BALANCES; attempt++) {
    const up = await until(() => isUp(feed), 20_000);
    run.check(up, () => `not all connections came back: ${feed.states.join(', ')}`);
    const before = epochs.join();
    imbalance = await imbalanceOf(feed, simulator);
    if (imbalance === '' || epochs.join() === before) break;
  }
  run.check(imbalance === '', imbalance);
}

/** Injects faults of frames, and compares what was sent of each kind with what was counted. */
async function imbalanceOf(feed: KiteFeed, simulator: ChaosSimulator): Promise<string> {
  const booksOf = (stats: KiteSimulatorStats) => {
    const { malformedFrames, malformedTexts, rejected } = stats.injected;
    return { malformedFrames, malformedTexts, ...rejected };
  };
  const booksHere = () => {
    const { framesMalformed, malformedTexts, rejectedBy } = feed.stats();
    return { malformedFrames: framesMalformed, malformedTexts, ...rejectedBy };
  };
  const before = { there: booksOf(await simulator.call('stats')), here: booksHere() };
  const faults: KiteFault[] = [
    { kind: 'wrong-count', by: 5 },
    { kind: 'wrong-count', by: -5 },
    { kind: 'wrong-length', by: 3 },
    { kind: 'unknown-packet-length' },
    { kind: 'garbage' },
    { kind: 'garbage', bytes: 0 },
    { kind: 'text-garbage' },
    { kind: 'duplicate' },
  ];
  for (let round = 0; round < 10; round++) {
    for (const fault of faults) await simulator.call('inject', fault, undefined);
  }
  const there = difference(booksOf(await simulator.call('stats')), before.there);
  const same = () => JSON.stringify(difference(booksHere(), before.here)) === JSON.stringify(there);
  const balanced = await until(same, 5_000, 20);
  const here = difference(booksHere(), before.here);
  if (balanced) return '';
  return `the books do not balance: sent ${JSON.stringify(there)}, counted ${JSON.stringify(here)}`;
}

function difference<Books extends Record<string, number>>(
  after: Books,
  before: Books,
): Record<string, number> {
  return Object.fromEntries(Object.entries(after).map(([name, value]) => [name, value - before[name]!]));
}

/** Waits until all that was sent has come, and all that has come is decoded and read. */
async function settle(
  run: Run,
  feed: KiteFeed,
  simulator: ChaosSimulator,
  marks: readonly number[],
): Promise<void> {
  const end = performance.now() + 20_000;
  let come = false;
  // What is sent last comes last. A connection that breaks takes its mark with it: then another one.
  for (let mark = 1; !come && performance.now() < end; mark++) {
    await simulator.call('mark', mark);
    come = await until(() => marks.every((each) => each === mark), 1_000);
  }
  run.check(come, 'what was sent did not come to its end');
  const { frames } = feed.stats();
  const read = () => {
    const { framesDecoded, connections } = feed.stats();
    return framesDecoded >= frames && connections.every((it) => it.recordRingOccupancy === 0);
  };
  run.check(await until(read, 10_000), 'what was received did not come to rest');
}

/** Compares what was read with what was sent; answers how many packets are lost that must not be. */
async function compare(
  run: Run,
  simulator: ChaosSimulator,
  chains: readonly Chain[],
  sessions: ReadonlyMap<string, number>,
): Promise<number> {
  const read = new Map<string, number>();
  const claims = chains.map(({ connection, epoch, token, packets, hash }) => {
    const session = sessions.get(`${connection}:${epoch}`) ?? -1;
    read.set(`${session}:${token}`, packets);
    return { session, token, packets, hash };
  });
  const refuted = await simulator.call('refuted', claims);
  run.check(refuted.length === 0, () => {
    return `${refuted.length} of ${claims.length} streams are not what was sent, the first ${JSON.stringify(refuted[0])}`;
  });
  run.numbers['streams compared by hash'] = claims.length;
  let lost = 0;
  for (const [session, tokens] of await simulator.call('sentWhole')) {
    for (const [token, packets] of tokens) lost += packets - (read.get(`${session}:${token}`) ?? 0);
  }
  run.check(lost === 0, `${lost} packets are lost on connections that did not break`);
  return lost;
}

import { readFileSync, writeFileSync } from 'node:fs';
import { ArgumentError } from '../errors.ts';
import { FAULTS } from '../sim/kalshi/faults.ts';
import { makeKey } from '../sim/kalshi/keys.ts';
import { KalshiSimulator } from '../sim/kalshi/server.ts';
import { FAULT_FORM, faultLines, parseScheduledFault, scheduleFaults } from './fault-schedule.ts';
import { endOfProcess, numberOption, parseOptions, rateOption } from './sim-options.ts';

const HELP = `Usage: tickring sim kalshi [options]

Plays Kalshi's WebSocket API on 127.0.0.1, until it is interrupted.

  --port N               TCP port; 0 for any free one (default 0)
  --rate N|max           market events a second over all markets subscribed to (default 200)
  --seed N               same seed, same markets (default 1)
  --markets N            size of the universe (default 200)
  --act-every N          market events between two other events, orders and quotes and such (default 20)
  --ping MS              between pings (default 10000)
  --era DAY              the wire as it was: a day as 2026-01-31, or a month with all that came in it (default 2026-10)
  --key-id ID            the key id that is let in (default demo)
  --public-key FILE      its public key, PEM; without, a key is made and its private half told
  --key-type TYPE        what kind of key is made: rsa or ed25519 (default ed25519)
  --key-file FILE        where its private half is written (default: it is printed)
  --fault FAULT          something goes wrong; may be given more than once (see below)
  --help                 this text

${FAULT_FORM}
Faults meet every open connection; refuse and stop-listening whoever connects next. Names, and what their value is:

${faultLines(FAULTS)}

Exit codes: 0 after SIGINT or SIGTERM, 1 when it failed, 2 when it was called wrongly.
`;

const OPTIONS = {
  port: { type: 'string' },
  rate: { type: 'string' },
  seed: { type: 'string' },
  markets: { type: 'string' },
  'act-every': { type: 'string' },
  ping: { type: 'string' },
  era: { type: 'string' },
  'key-id': { type: 'string' },
  'public-key': { type: 'string' },
  'key-type': { type: 'string' },
  'key-file': { type: 'string' },
  fault: { type: 'string', multiple: true },
} as const;

/**
 * `tickring sim kalshi`. A parent that forked it gets `{ url, keyId, privateKey, tickers }`; `privateKey` is PEM, `undefined`
 * when the key was given.
 * @throws ArgumentError for arguments that cannot be used
 */
export async function simKalshi(args: string[]): Promise<void> {
  const values = parseOptions(args, OPTIONS);
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const { 'key-id': keyId = 'demo', 'key-type': keyType = 'ed25519', 'key-file': keyFile, era } = values;
  if (keyType !== 'rsa' && keyType !== 'ed25519') {
    throw new ArgumentError(`--key-type must be rsa or ed25519, not "${keyType}"`);
  }
  const given = values['public-key'];
  const made = given === undefined ? makeKey(keyType, keyId) : undefined;
  const privateKey = made?.credentials.privateKey;
  const rate = rateOption(values.rate, 200);
  const simulator = new KalshiSimulator({
    port: numberOption('port', values.port, 0),
    rate,
    seed: numberOption('seed', values.seed, 1),
    markets: numberOption('markets', values.markets, 200),
    actEvery: numberOption('act-every', values['act-every'], 20),
    pingInterval: numberOption('ping', values.ping, 10_000),
    ...(era !== undefined && { era }),
    keys: [made?.key ?? { id: keyId, publicKey: read('public-key', given!) }],
  });
  const faults = (values.fault ?? []).map((text) => parseScheduledFault(text, FAULTS));
  if (privateKey !== undefined && keyFile !== undefined) write('key-file', keyFile, privateKey);
  const ended = endOfProcess();
  await simulator.listen();
  const schedule = scheduleFaults(faults, (fault) => {
    const met = simulator.inject(fault);
    console.log(`fault ${fault.kind}${met === 0 ? '' : `: met ${met} connections`}`);
  });
  const { url, tickers } = simulator;
  const speed = values.rate === 'max' ? 'as many events as the sockets take' : `${rate} events/s`;
  console.log(`listening on ${url}`);
  console.log(`key id: ${keyId}`);
  if (privateKey !== undefined) {
    console.log(
      keyFile === undefined
        ? `private key, for this simulator only:\n${privateKey}`
        : `private key: ${keyFile}`,
    );
  }
  console.log(`${tickers.length} markets, ${speed}`);
  process.on('message', (message) => {
    if (message !== 'pause') return;
    simulator.pause();
    process.send?.({ stats: simulator.stats() });
  });
  process.send?.({ url, keyId, privateKey, tickers });
  await ended;
  schedule[Symbol.dispose]();
  const { accepted, framesSent, bytesSent, steps, delayed } = simulator.stats();
  await simulator.close();
  console.log(
    `sent ${framesSent} messages, ${bytesSent} bytes, to ${accepted} connections; ${steps} events, ${delayed} delayed`,
  );
}

function read(option: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ArgumentError(`--${option}: ${(cause as Error).message}`, { cause });
  }
}

/** Readable by its owner only, as keys are kept. */
function write(option: string, path: string, text: string): void {
  try {
    writeFileSync(path, text, { mode: 0o600 });
  } catch (cause) {
    throw new ArgumentError(`--${option}: ${(cause as Error).message}`, { cause });
  }
}

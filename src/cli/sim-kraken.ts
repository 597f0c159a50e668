import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { ArgumentError } from '../errors.ts';
import { KrakenSimulator } from '../sim/index.ts';
import { FAULTS } from '../sim/kraken/faults.ts';
import { DEMO_SECRET } from '../sim/kraken/options.ts';
import { FAULT_FORM, faultLines, parseScheduledFault, scheduleFaults } from './fault-schedule.ts';
import { endOfProcess, numberOption, parseOptions, rateOption } from './sim-options.ts';

const HELP = `Usage: tickring sim kraken [options]

Plays Kraken's WebSocket API v2 on 127.0.0.1, until it is interrupted.

  --port N               TCP port; 0 for any free one (default 0)
  --rate N|max           market events a second over all pairs subscribed to (default 1000)
  --account-rate N       account events a second (default 1)
  --seed N               same seed, same market (default 1)
  --instruments N        pairs (default 40)
  --heartbeat MS         between heartbeats (default 1000)
  --api-key KEY          the API key that is let in (default demo)
  --secret SECRET        its secret, base64 (default: one that is printed)
  --replay FILE          plays a recorded session, a frame a line, instead of a market
  --record FILE          records everything that is sent, a frame a line
  --fault FAULT          something goes wrong; may be given more than once (see below)
  --help                 this text

${FAULT_FORM}
Faults meet every open connection; refuse and token-failure whoever asks next. Names, and what their value is:

${faultLines(FAULTS)}

Exit codes: 0 after SIGINT or SIGTERM, 1 when it failed, 2 when it was called wrongly.
`;

const OPTIONS = {
  port: { type: 'string' },
  rate: { type: 'string' },
  'account-rate': { type: 'string' },
  seed: { type: 'string' },
  instruments: { type: 'string' },
  heartbeat: { type: 'string' },
  'api-key': { type: 'string' },
  secret: { type: 'string' },
  replay: { type: 'string' },
  record: { type: 'string' },
  fault: { type: 'string', multiple: true },
} as const;

/**
 * `tickring sim kraken`. A parent that forked it gets `{ url, authUrl, level3Url, restUrl, symbols }`.
 * @throws ArgumentError for arguments that cannot be used
 */
export async function simKraken(args: string[]): Promise<void> {
  const values = parseOptions(args, OPTIONS);
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const { 'api-key': apiKey = 'demo', secret = DEMO_SECRET } = values;
  const rate = rateOption(values.rate, 1_000);
  const simulator = new KrakenSimulator({
    port: numberOption('port', values.port, 0),
    rate,
    accountRate: numberOption('account-rate', values['account-rate'], 1),
    seed: numberOption('seed', values.seed, 1),
    instruments: numberOption('instruments', values.instruments, 40),
    heartbeatInterval: numberOption('heartbeat', values.heartbeat, 1_000),
    credentials: [{ apiKey, secret }],
    replay: values.replay === undefined ? undefined : framesOf(values.replay),
  });
  const faults = (values.fault ?? []).map((text) => parseScheduledFault(text, FAULTS));
  const recording = values.record === undefined ? undefined : record(simulator, values.record);
  const ended = endOfProcess();
  await simulator.listen();
  const schedule = scheduleFaults(faults, (fault) => {
    const met = simulator.inject(fault);
    console.log(`fault ${fault.kind}${met === 0 ? '' : `: met ${met} connections`}`);
  });
  const { url, authUrl, level3Url, restUrl, symbols } = simulator;
  const speed = values.rate === 'max' ? 'as many events as the sockets take' : `${rate} events/s`;
  console.log(`listening on ${url}`);
  console.log(`private: ${authUrl}, level3: ${level3Url}, REST: ${restUrl}`);
  console.log(`credentials: API key ${apiKey}, secret ${secret}`);
  console.log(`${symbols.length} pairs, ${speed}`);
  process.on('message', (message) => {
    if (message !== 'pause') return;
    simulator.pause();
    process.send?.({ stats: simulator.stats() });
  });
  process.send?.({ url, authUrl, level3Url, restUrl, symbols });
  await ended;
  schedule[Symbol.dispose]();
  const { accepted, messagesSent, bytesSent, events, delayed } = simulator.stats();
  await simulator.close();
  recording?.[Symbol.dispose]();
  console.log(
    `sent ${messagesSent} messages, ${bytesSent} bytes, to ${accepted} connections; ${events} events, ${delayed} delayed`,
  );
}

function framesOf(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n').filter(Boolean);
  } catch (cause) {
    throw new ArgumentError(`--replay: ${(cause as Error).message}`, { cause });
  }
}

/** Writes at once, so that the file is whole however the process ends. */
function record(simulator: KrakenSimulator, path: string): Disposable {
  let file: number;
  try {
    file = openSync(path, 'w');
  } catch (cause) {
    throw new ArgumentError(`--record: ${(cause as Error).message}`, { cause });
  }
  const recorder = simulator.record((text) => writeSync(file, `${text}\n`));
  return {
    [Symbol.dispose]() {
      recorder[Symbol.dispose]();
      closeSync(file);
    },
  };
}

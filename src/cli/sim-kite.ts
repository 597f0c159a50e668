import { KiteSimulator } from '../sim/index.ts';
import { FAULTS } from '../sim/kite/faults.ts';
import { FAULT_FORM, faultLines, parseScheduledFault, scheduleFaults } from './fault-schedule.ts';
import { endOfProcess, numberOption, parseOptions, rateOption } from './sim-options.ts';

const HELP = `Usage: tickring sim kite [options]

Plays Kite's ticker on 127.0.0.1, until it is interrupted.

  --port N               TCP port; 0 for any free one (default 0)
  --rate N|max           ticks a second over all connections (default 20000)
  --seed N               same seed, same market (default 1)
  --packets-per-frame N  most packets in one frame (default 100)
  --instruments N        size of the universe (default 9000)
  --heartbeat MS         silence on a connection before a heartbeat (default 1000)
  --api-key KEY          the api_key that is let in (default demo)
  --access-token TOKEN   the access_token that is let in (default demo)
  --fault FAULT          something goes wrong; may be given more than once (see below)
  --help                 this text

${FAULT_FORM}
Faults of frames meet every open connection, refuse and tls-failure whoever connects next. Names, and what their value is:

${faultLines(FAULTS)}

Exit codes: 0 after SIGINT or SIGTERM, 1 when it failed, 2 when it was called wrongly.
`;

const OPTIONS = {
  port: { type: 'string' },
  rate: { type: 'string' },
  seed: { type: 'string' },
  'packets-per-frame': { type: 'string' },
  instruments: { type: 'string' },
  heartbeat: { type: 'string' },
  'api-key': { type: 'string' },
  'access-token': { type: 'string' },
  fault: { type: 'string', multiple: true },
} as const;

/**
 * `tickring sim kite`. A parent that forked it gets `{ url, instrumentTokens }`.
 * @throws ArgumentError for arguments that cannot be used
 */
export async function simKite(args: string[]): Promise<void> {
  const values = parseOptions(args, OPTIONS);
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const apiKey = values['api-key'] ?? 'demo';
  const accessToken = values['access-token'] ?? 'demo';
  const rate = rateOption(values.rate, 20_000);
  const simulator = new KiteSimulator({
    port: numberOption('port', values.port, 0),
    rate,
    seed: numberOption('seed', values.seed, 1),
    packetsPerFrame: numberOption('packets-per-frame', values['packets-per-frame'], 100),
    instruments: numberOption('instruments', values.instruments, 9_000),
    heartbeatInterval: numberOption('heartbeat', values.heartbeat, 1_000),
    credentials: [{ apiKey, accessToken }],
  });
  const faults = (values.fault ?? []).map((text) => parseScheduledFault(text, FAULTS));
  const ended = endOfProcess();
  await simulator.listen();
  const schedule = scheduleFaults(faults, (fault) => {
    const met = simulator.inject(fault);
    console.log(`fault ${fault.kind}${met === 0 ? '' : `: met ${met} connections`}`);
  });
  const speed = values.rate === 'max' ? 'as many ticks as the sockets take' : `${rate} ticks/s`;
  console.log(`listening on ${simulator.url}`);
  console.log(`credentials: api_key=${apiKey} access_token=${accessToken}`);
  console.log(`${simulator.instrumentTokens.length} instruments, ${speed}; connect with, for example:`);
  console.log(
    `  new KiteTicker({ api_key: '${apiKey}', access_token: '${accessToken}', root: '${simulator.url}/' })`,
  );
  process.on('message', (message) => {
    if (message !== 'pause') return;
    simulator.pause();
    process.send?.({ stats: simulator.stats() });
  });
  process.send?.({ url: simulator.url, instrumentTokens: [...simulator.instrumentTokens] });
  await ended;
  schedule[Symbol.dispose]();
  const { accepted, ticksSent, framesSent, bytesSent, delayed } = simulator.stats();
  await simulator.close();
  console.log(
    `sent ${ticksSent} ticks in ${framesSent} frames, ${bytesSent} bytes, to ${accepted} connections; ${delayed} delayed`,
  );
}

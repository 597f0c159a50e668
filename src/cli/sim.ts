import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { ArgumentError } from '../errors.ts';
import { KiteSimulator } from '../sim/index.ts';
import { parseScheduledFault, scheduleFaults } from '../sim/kite/fault-schedule.ts';
import { FAULTS, KITE_FAULTS } from '../sim/kite/faults.ts';

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

A FAULT is NAME[=VALUE][@SECONDS[/EVERY]]: once, so many seconds after the start (default 0), or again and again.
For example, --fault silence=8000@10/60 --fault refuse@20. Faults of frames meet every open connection, refuse and
tls-failure whoever connects next. Names, and what their value is:

${KITE_FAULTS.map(faultLine).join('\n')}
`;

function faultLine(kind: (typeof KITE_FAULTS)[number]): string {
  const number = FAULTS[kind];
  if (number === undefined) return `  ${kind}`;
  const { name, otherwise } = number;
  return `  ${kind.padEnd(22)} ${name}${otherwise === undefined ? '' : ` (default ${otherwise})`}`;
}

/**
 * `tickring sim`: runs a simulator until SIGINT, SIGTERM, or the end of the parent that it was forked by. That parent
 * gets the message `{ url, instrumentTokens }`; when it sends `'pause'`, no more ticks are produced and it gets `{ stats }`.
 * @param args what follows `sim` on the command line
 * @throws ArgumentError for arguments that cannot be used
 */
export async function simCommand(args: string[]): Promise<void> {
  const { values, positionals } = parse(args);
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const [venue = 'none', ...more] = positionals;
  if (venue !== 'kite' || more.length > 0) {
    throw new ArgumentError(`no simulator called ${[venue, ...more].join(' ')}; try: tickring sim kite`);
  }
  const apiKey = values['api-key'] ?? 'demo';
  const accessToken = values['access-token'] ?? 'demo';
  const rate = values.rate === 'max' ? Number.POSITIVE_INFINITY : number('rate', values.rate, 20_000);
  const simulator = new KiteSimulator({
    port: number('port', values.port, 0),
    rate,
    seed: number('seed', values.seed, 1),
    packetsPerFrame: number('packets-per-frame', values['packets-per-frame'], 100),
    instruments: number('instruments', values.instruments, 9_000),
    heartbeatInterval: number('heartbeat', values.heartbeat, 1_000),
    credentials: [{ apiKey, accessToken }],
  });
  const faults = (values.fault ?? []).map(parseScheduledFault);
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

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        port: { type: 'string' },
        rate: { type: 'string' },
        seed: { type: 'string' },
        'packets-per-frame': { type: 'string' },
        instruments: { type: 'string' },
        heartbeat: { type: 'string' },
        'api-key': { type: 'string' },
        'access-token': { type: 'string' },
        fault: { type: 'string', multiple: true },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (cause) {
    throw new ArgumentError(`${(cause as Error).message} (see tickring sim --help)`, { cause });
  }
}

function number(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw new ArgumentError(`--${name} must be a number, not "${text}"`);
}

/** Resolves when this process is asked to end, or its parent is gone. */
async function endOfProcess(): Promise<void> {
  const listening = new AbortController();
  const { signal } = listening;
  const ends = [once(process, 'SIGINT', { signal }), once(process, 'SIGTERM', { signal })];
  if (process.connected) ends.push(once(process, 'disconnect', { signal }));
  await Promise.race(ends);
  for (const end of ends) end.catch(() => {});
  listening.abort();
  // Its channel would keep this process alive.
  if (process.connected) process.disconnect();
}

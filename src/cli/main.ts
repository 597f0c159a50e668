#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { TickringError } from '../errors.ts';

const MANIFEST = new URL('../../../package.json', import.meta.url);

const HELP = `Usage: tickring COMMAND [options]

Market data for Node.js, decoded off the event loop.

  demo        a feed against the simulator, or the real service, as a live table (--venue kite, kraken or kalshi)
  serve       feeds over HTTP: JSON, Server-Sent Events, raw records, metrics, and a dashboard
  top         a live table of symbols and feeds, over the whole terminal
  book        the order book of one symbol as a live ladder
  stream      every record of some symbols to standard output, as NDJSON or CSV
  sim VENUE   a simulator that speaks the venue's real protocol (kite, kraken or kalshi)
  bench       what this machine decodes a second, beside copying the same bytes
  doctor      whether this machine has what tickring needs, and how fast it wakes up

tickring COMMAND --help says more; tickring --version says which one this is.

Exit codes: 0 done, or ended by SIGINT, SIGTERM or whoever read the output; 1 failed; 2 called wrongly.
`;

type Command = (args: string[]) => Promise<void>;

/** Loaded when it is called for, so that each command starts quickly. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  bench: async () => (await import('./bench.ts')).benchCommand,
  book: async () => (await import('./book.ts')).bookCommand,
  demo: async () => (await import('./demo.ts')).demoCommand,
  doctor: async () => (await import('./doctor.ts')).doctorCommand,
  serve: async () => (await import('./serve.ts')).serveCommand,
  sim: async () => (await import('./sim.ts')).simCommand,
  stream: async () => (await import('./stream.ts')).streamCommand,
  top: async () => (await import('./top.ts')).topCommand,
};

/** Exit codes: 0 done, 1 failed, 2 called wrongly. */
async function main([name = '--help', ...args]: string[]): Promise<number> {
  if (name === 'help' && args.length > 0) return main([args[0]!, '--help']);
  if (name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(HELP);
    return 0;
  }
  if (name === '--version' || name === '-v') {
    const { version } = JSON.parse(readFileSync(MANIFEST, 'utf8')) as { version: string };
    process.stdout.write(`${version}\n`);
    return 0;
  }
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!load) {
    process.stderr.write(`tickring: there is no command '${name}'\n\n${HELP}`);
    return 2;
  }
  try {
    await (await load())(args);
    return 0;
  } catch (error) {
    if (!(error instanceof TickringError)) throw error;
    process.stderr.write(`tickring ${name}: ${error.message}\n`);
    return error.code === 'ERR_TICKRING_ARGUMENT' ? 2 : 1;
  }
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Whoever read the output has gone, as `head` does, or the terminal: there is nothing left to do, and nothing wrong.
  if (error.code === 'EPIPE' || error.code === 'EIO') process.exit(0);
  throw error;
});

process.exitCode = await main(process.argv.slice(2));

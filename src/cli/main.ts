#!/usr/bin/env node
import { TickringError } from '../errors.ts';

const HELP = `Usage: tickring COMMAND [options]

Market data for Node.js, decoded off the event loop.

  demo        a feed against the simulator, or the real service, as a live table (--venue kite or kraken; default kite)
  serve       feeds over HTTP: JSON, Server-Sent Events, raw records, metrics, and a dashboard
  sim VENUE   a simulator that speaks the venue's real protocol (kite, kraken or kalshi)

tickring COMMAND --help says more.
`;

type Command = (args: string[]) => Promise<void>;

/** Loaded when it is called for, so that each command starts quickly. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  demo: async () => (await import('./demo.ts')).demoCommand,
  serve: async () => (await import('./serve.ts')).serveCommand,
  sim: async () => (await import('./sim.ts')).simCommand,
};

/** Exit codes: 0 done, 1 failed, 2 called wrongly. */
async function main([name = '--help', ...args]: string[]): Promise<number> {
  if (name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(HELP);
    return 0;
  }
  const load = COMMANDS[name];
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

process.exitCode = await main(process.argv.slice(2));

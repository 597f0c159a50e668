import { TickringError } from '../errors.ts';
import { VENUES } from '../serve/venues/feeds.ts';
import { readCommandLine } from './command-line.ts';
import type { CheckResult, CheckStatus } from './doctor/check.ts';
import { checkPackage, checkPeers } from './doctor/package-checks.ts';
import {
  checkByteOrder,
  checkClock,
  checkCores,
  checkKernels,
  checkNode,
  checkSharedMemory,
} from './doctor/runtime-checks.ts';
import { checkCredentials, checkService } from './doctor/service-checks.ts';
import { checkWakeUp } from './doctor/wake-up.ts';
import { fitText } from './terminal/display-width.ts';
import { type Line, lineText, type Style, span } from './terminal/styled-text.ts';
import { checkVenues, wholeOption } from './venue-choice.ts';

const HELP = `Usage: tickring doctor [options]

Looks whether this machine has what tickring needs: Node.js, shared memory, SIMD and threads in WebAssembly, cores, a fine clock;
how fast a parked thread wakes up; which optional packages are there; and whether the real services can be reached. Nothing is sent
to them but a TLS handshake.

  --venue VENUE    only services of ${VENUES.join(', ')}; may be given more than once
  --live           the services and their credentials are needed: without, they are only told of
  --offline        leaves the services alone
  --timeout MS     for a service to answer (default 3000)
  --json           prints one JSON object: { ok, checks: [{ name, status, found, figures, advice }] }
  --help           this text

Exit codes: 0 when everything that is needed is there; 1 when something is missing; 2 when it was called wrongly.
`;

const OPTIONS = {
  venue: { type: 'string', multiple: true },
  live: { type: 'boolean' },
  offline: { type: 'boolean' },
  timeout: { type: 'string' },
  json: { type: 'boolean' },
} as const;

const TIMEOUT = 3000;

const MARKS: Readonly<Record<CheckStatus, string>> = { ok: '✓', warning: '!', failed: '✗', note: '·' };

const STYLES: Readonly<Record<CheckStatus, Style | undefined>> = {
  ok: 'good',
  warning: 'warning',
  failed: 'bad',
  note: 'dim',
};

const NAME_WIDTH = 18;

/**
 * `tickring doctor`.
 *
 * @param args what follows `doctor` on the command line
 * @throws ArgumentError for arguments that cannot be used; TickringError when something is missing
 */
export async function doctorCommand(args: string[]): Promise<void> {
  const line = readCommandLine('doctor', HELP, args, OPTIONS, { symbols: false });
  if (!line) return;
  const { venue, live: needed = false, offline = false, json = false, timeout } = line.values;
  const milliseconds = timeout === undefined ? TIMEOUT : wholeOption('timeout', timeout, 1, 600_000);
  const venues = checkVenues(venue) ?? VENUES;
  const checks: CheckResult[] = [];
  const { stdout } = process;
  const colours = stdout.isTTY === true && stdout.hasColors();
  const columns = stdout.columns || Number.POSITIVE_INFINITY;
  for await (const check of examine(venues, { timeout: milliseconds, needed, offline })) {
    checks.push(check);
    // As they come: some take their time.
    if (!json) for (const text of checkLines(check)) stdout.write(`${lineText(text, columns, colours)}\n`);
  }
  const missing = checks.filter(({ status }) => status === 'failed');
  if (json) stdout.write(`${JSON.stringify({ ok: missing.length === 0, checks })}\n`);
  if (missing.length === 0) return;
  throw new TickringError('ERR_TICKRING_DOCTOR', `missing: ${missing.map(({ name }) => name).join(', ')}`);
}

async function* examine(
  venues: readonly string[],
  { timeout, needed, offline }: { timeout: number; needed: boolean; offline: boolean },
): AsyncGenerator<CheckResult> {
  yield checkPackage();
  yield checkNode();
  yield checkByteOrder();
  yield checkSharedMemory();
  yield checkKernels(VENUES);
  yield checkCores();
  yield checkClock();
  yield await checkWakeUp();
  yield checkPeers();
  if (offline) return;
  const services = venues.map((venue) => checkService(venue, { timeout, needed }));
  for (const [nth, venue] of venues.entries()) {
    yield await services[nth]!;
    const credentials = checkCredentials(venue, needed);
    if (credentials) yield credentials;
  }
}

function checkLines({ name, status, found, advice }: CheckResult): Line[] {
  const line = [
    span(`${MARKS[status]} `, STYLES[status]),
    span(fitText(name, NAME_WIDTH)),
    span(` ${found}`),
  ];
  if (advice === undefined) return [line];
  return [line, [span(`${' '.repeat(NAME_WIDTH + 3)}${advice}`, 'dim')]];
}

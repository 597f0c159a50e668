import { availableParallelism, cpus } from 'node:os';
import { type Contender, contenders, PACKET_BYTES } from './bench/decode-bench.ts';
import { readCommandLine } from './command-line.ts';
import { positive, whole } from './demo-run.ts';

const HELP = `Usage: tickring bench [options]

How many full packets of Kite (184 bytes: prices, quantities, five levels a side) one thread of this machine copies, decodes and reads
a second, beside only copying the same bytes to shared memory. It needs nothing but this package. The whole engine, with sockets
and threads, is measured by: tickring demo --seconds 10 --json
All benchmarks, against other clients, are in the repository: npm run bench

  --seconds N      for each of the three (default 2)
  --json           prints one JSON object
  --help           this text

Exit codes: 0 done, 1 failed, 2 called wrongly.
`;

const OPTIONS = { seconds: { type: 'string' }, json: { type: 'boolean' } } as const;

const SECONDS = 2;
/** They take turns, so that what else the machine does meets all; the median counts. */
const TURNS = 5;

/** What `--json` prints. */
export interface BenchResult {
  readonly node: string;
  readonly cpu: string;
  readonly cores: number;
  readonly results: readonly {
    readonly name: string;
    readonly packetsPerSecond: number;
    readonly nanosecondsPerPacket: number;
    readonly bytesPerSecond: number;
    /** 1 for copying only. */
    readonly ofCopying: number;
  }[];
}

/**
 * `tickring bench`.
 *
 * @param args what follows `bench` on the command line
 * @throws ArgumentError for arguments that cannot be used
 */
export async function benchCommand(args: string[]): Promise<void> {
  const line = readCommandLine('bench', HELP, args, OPTIONS, { symbols: false });
  if (!line) return;
  const { seconds, json } = line.values;
  const each = seconds === undefined ? SECONDS : positive('seconds', seconds);
  const result = measure(each);
  process.stdout.write(json ? `${JSON.stringify(result)}\n` : `${table(result)}\n`);
}

function measure(seconds: number): BenchResult {
  const all = contenders();
  const turn = (seconds * 1000) / TURNS;
  // For the compilers.
  for (const contender of all) rate(contender, turn);
  const rates = all.map((): number[] => []);
  for (let round = 0; round < TURNS; round++) {
    for (const [nth, contender] of all.entries()) rates[nth]!.push(rate(contender, turn));
  }
  const medians = rates.map((turns) => turns.sort((a, b) => a - b)[TURNS >> 1]!);
  return {
    node: process.version,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    results: all.map(({ name }, nth) => ({
      name,
      packetsPerSecond: Math.round(medians[nth]!),
      nanosecondsPerPacket: 1e9 / medians[nth]!,
      bytesPerSecond: Math.round(medians[nth]! * PACKET_BYTES),
      ofCopying: medians[nth]! / medians[0]!,
    })),
  };
}

/** Packets a second. @param duration ms */
function rate({ run }: Contender, duration: number): number {
  const start = performance.now();
  let packets = 0;
  let elapsed = 0;
  while (elapsed < duration) {
    packets += run();
    elapsed = performance.now() - start;
  }
  return (packets * 1000) / elapsed;
}

function table({ node, cpu, cores, results }: BenchResult): string {
  const rows = results.map(
    ({ name, packetsPerSecond, nanosecondsPerPacket, bytesPerSecond, ofCopying }) =>
      `${name.padEnd(34)}${whole(packetsPerSecond).padStart(14)}${nanosecondsPerPacket.toFixed(1).padStart(12)}${(bytesPerSecond / 1e9).toFixed(2).padStart(9)}${ofCopying.toFixed(2).padStart(12)}`,
  );
  return [
    `Node.js ${node}, ${cores} × ${cpu}`,
    `${''.padEnd(34)}${'packets/s'.padStart(14)}${'ns a packet'.padStart(12)}${'GB/s'.padStart(9)}${'of copying'.padStart(12)}`,
    ...rows,
  ].join('\n');
}

/** The entry of the thread that writes `tickring stream`'s output: however slowly that is read, the feeds' thread never waits. */
import { parentPort, workerData } from 'node:worker_threads';
import { RECORDS } from '../../serve/venues/records.ts';
import type { VenueRecords } from '../../serve/venues/venue-records.ts';
import { FORMATS, type FormatName, type StreamFormat } from './formats.ts';
import { type Output, openOutput } from './output.ts';

/** What it is started with. */
export interface StreamTask {
  readonly venues: readonly { readonly venue: string; readonly handle: unknown }[];
  readonly format: FormatName;
  /** Undefined: all. */
  readonly kinds: readonly string[] | undefined;
  /** Records after which it is done. */
  readonly count: number;
}

/** What it tells. */
export type FromStream =
  /** It reads from now on. */
  | { readonly type: 'reading' }
  | { readonly type: 'done' }
  | { readonly type: 'failed'; readonly code: string | undefined; readonly message: string };

/** Characters that are written at once. */
const CHUNK = 65_536;

/** Looks at least this often, ms, whether it is done: another venue's records may have been the last ones. */
const PATIENCE = 100;

/** Counts down over all venues. */
interface Left {
  records: number;
}

async function copy(
  venue: string,
  records: VenueRecords,
  output: Output,
  format: StreamFormat,
  kinds: ReadonlySet<string> | undefined,
  left: Left,
): Promise<void> {
  let told = 0;
  /** What was lost since it was told last. */
  const losses = () => {
    const lost = records.lagged - told;
    told += lost;
    return lost;
  };
  while (left.records > 0) {
    if (!(await records.wait(PATIENCE)) && records.ended) return;
    let chunk = '';
    records.read(kinds, (record) => {
      chunk += format.line(record, losses());
      left.records -= 1;
      return chunk.length < CHUNK && left.records > 0;
    });
    const lost = losses();
    if (lost > 0 && left.records > 0) chunk += format.losses(venue, lost);
    if (chunk !== '') await output.write(chunk);
  }
}

async function run({ venues, format: name, kinds, count }: StreamTask): Promise<void> {
  const format = FORMATS[name];
  const output = openOutput();
  const sources = await Promise.all(
    venues.map(async ({ venue, handle }) => {
      const open = await RECORDS[venue]!();
      return { venue, records: open(handle) };
    }),
  );
  if (format.head !== '') await output.write(format.head);
  tell({ type: 'reading' });
  const left: Left = { records: count };
  const wanted = kinds && new Set(kinds);
  // Somebody asks it to stop: it ends with a whole line.
  parentPort?.once('message', () => {
    left.records = 0;
  });
  // One output for all: each writes whole lines, one after the other.
  const copying = sources.map(({ venue, records }) => copy(venue, records, output, format, wanted, left));
  await Promise.all(copying);
}

function tell(message: FromStream): void {
  parentPort?.postMessage(message);
}

if (parentPort) {
  try {
    await run(workerData as StreamTask);
    tell({ type: 'done' });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    tell({ type: 'failed', code, message });
  }
}

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { SenderProcess } from './sender-process.ts';
import { median, type Series } from './suite.ts';

const RUNS = 9;

/** What a starting program posts: ms from its first line on, and the first tick's last price. */
export interface Startup {
  readonly imported: number;
  readonly firstTick: number;
  readonly price: number;
}

async function run(program: string, { url, tokens }: SenderProcess): Promise<Startup> {
  const child = fork(new URL(program, import.meta.url), [url, JSON.stringify(tokens.slice(0, 100))]);
  const exited = once(child, 'exit');
  const ended = new AbortController();
  child.once('disconnect', () => ended.abort(new Error(`${program} ended before its first tick`)));
  const [startup] = (await once(child, 'message', { signal: ended.signal })) as [Startup];
  await exited;
  if (!(startup.price > 0)) throw new Error(`the first tick's price was ${startup.price}`);
  return startup;
}

export const startup: Series = {
  name: 'startup',
  unit: 'ms',
  note: `from the first line of a program that does nothing else, in a process of its own: until the import is done, and until the first tick has been read (import, decoder thread, connection, subscription, tick), with a sender on the same machine that has a frame ready every ms. Medians of ${RUNS} starts each, in turns, after one each; Node's own start is before the first line`,
  async measure() {
    const sender = await SenderProcess.start();
    const sending = sender.send({
      connections: 0,
      frames: Number.POSITIVE_INFINITY,
      packets: 10,
      rate: 10_000,
    });
    const ours: Startup[] = [];
    const official: Startup[] = [];
    for (let round = 0; round <= RUNS; round++) {
      ours.push(await run('./startup-tickring.js', sender));
      official.push(await run('./startup-official.js', sender));
    }
    sender.stop();
    await sending;
    await sender.close();
    // The first of each finds files that are not in the system's cache.
    return [
      { label: 'import tickring', value: median(ours.slice(1).map(({ imported }) => imported)) },
      { label: 'import kiteconnect', value: median(official.slice(1).map(({ imported }) => imported)) },
      { label: 'first tick, tickring', value: median(ours.slice(1).map(({ firstTick }) => firstTick)) },
      {
        label: 'first tick, kiteconnect',
        value: median(official.slice(1).map(({ firstTick }) => firstTick)),
      },
    ];
  },
};

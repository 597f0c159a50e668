/** What a feed and its I/O worker say to each other. Ticks are not among it: they are in shared memory. */

import type { FeedMemoryHandle } from '../feed/feed-memory.ts';
import type { ConnectionReport } from '../feed/health.ts';
import type { ErrorPacker, PackedError } from '../feed/packed-error.ts';
import type { SavedSubscriptions } from '../feed/subscriptions.ts';
import type { PortableAccount } from './accounts.ts';
import type { EngineOptions, EngineReport } from './engine.ts';
import type { KiteFeedEvents } from './events.ts';
import type { Mode } from './tick.ts';

/** What the worker is started with. */
export interface IoTask {
  readonly options: EngineOptions;
  readonly accounts: readonly PortableAccount[];
  readonly memory: FeedMemoryHandle;
  /** Float64 by connection: when it heard something last, ms since the epoch. Written by the worker. */
  readonly heard: SharedArrayBuffer;
}

/** Something to do. They are numbered from 1 and done in order; reports say how far. */
export type Command =
  | {
      readonly type: 'subscribe';
      readonly tokens: Uint32Array;
      readonly mode: Mode;
      readonly account: string | undefined;
    }
  | { readonly type: 'unsubscribe'; readonly tokens: Uint32Array }
  | { readonly type: 'set-mode'; readonly tokens: Uint32Array; readonly mode: Mode }
  | { readonly type: 'credentials'; readonly account: PortableAccount };

export type ToWorker =
  /** Those of one turn, so that they are sent on in few messages. */
  | { readonly type: 'commands'; readonly upTo: number; readonly commands: readonly Command[] }
  | { readonly type: 'start'; readonly call: number }
  | { readonly type: 'close'; readonly deadline: number }
  /** A report with subscriptions has arrived: there may be another one. */
  | { readonly type: 'seen' }
  /** What a token provider answered, or threw. */
  | { readonly type: 'token'; readonly call: number; readonly token: string }
  | { readonly type: 'no-token'; readonly call: number; readonly error: PackedError };

export interface PackedReport extends Omit<EngineReport, 'connections'> {
  readonly connections: readonly (Omit<ConnectionReport, 'lastError'> & {
    readonly lastError: PackedError | undefined;
  })[];
}

export type FromWorker =
  | {
      readonly type: 'report';
      /** The last command that has been done. */
      readonly done: number;
      /** It comes just before an event, which it is the reason of. */
      readonly leads: boolean;
      readonly report: PackedReport;
      /** When they have changed; not each time, because they are many. */
      readonly subscriptions: SavedSubscriptions<Mode> | undefined;
    }
  | { readonly type: 'event'; readonly name: keyof KiteFeedEvents; readonly values: readonly unknown[] }
  | { readonly type: 'started'; readonly call: number }
  | { readonly type: 'not-started'; readonly call: number; readonly error: PackedError }
  /** Asks an account's token provider. */
  | {
      readonly type: 'ask-token';
      readonly call: number;
      readonly account: string;
      readonly refused: boolean;
    }
  | { readonly type: 'closed' };

/** An event's values with its error, where it has one, in a form that can be cloned. */
export function packValues(
  packer: ErrorPacker,
  name: keyof KiteFeedEvents,
  values: readonly unknown[],
): readonly unknown[] {
  const [first, ...rest] = values;
  if (name === 'error') return [packer.pack(first), ...rest];
  if (name !== 'gave-up') return values;
  const [{ error, ...origin }] = values as KiteFeedEvents['gave-up'];
  return [{ ...origin, error: error && packer.pack(error) }];
}

/** @param unpack makes an error of what was packed */
export function unpackValues(
  unpack: (packed: PackedError) => unknown,
  name: keyof KiteFeedEvents,
  values: readonly unknown[],
): readonly unknown[] {
  const [first, ...rest] = values;
  if (name === 'error') return [unpack(first as PackedError), ...rest];
  if (name !== 'gave-up') return values;
  const gaveUp = first as { error: PackedError | undefined };
  return [{ ...gaveUp, error: gaveUp.error && unpack(gaveUp.error) }];
}

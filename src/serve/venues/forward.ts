import type { QuarantinedFrame } from '../../../workers/lane.ts';
import type { TickringError } from '../../errors.ts';
import type { StateChange } from '../../feed/connection-state.ts';
import type { ExpelledReader } from '../../feed/reader-watch.ts';
import type { VenueEvent } from './venue-feed.ts';

interface Origin {
  readonly connection: number;
}

/** Events that all feeds have, but for what they call a connection's account. */
export interface CommonEvents<At extends Origin> {
  state: [change: StateChange & At];
  retry: [retry: At & { readonly attempt: number; readonly delay: number }];
  'gave-up': [origin: At & { readonly error: TickringError | undefined }];
  error: [error: TickringError, origin: Origin | undefined];
  quarantine: [frame: QuarantinedFrame];
  expelled: [reader: ExpelledReader];
}

interface Emitter<At extends Origin> {
  on<Name extends keyof CommonEvents<At>>(
    name: Name,
    listener: (...values: CommonEvents<At>[Name]) => void,
  ): unknown;
}

/**
 * Tells what happens to a feed.
 *
 * @param nameOf the account or endpoint of a connection
 */
export function forwardCommon<At extends Origin>(
  feed: Emitter<At>,
  nameOf: (origin: At) => string,
  tell: (event: VenueEvent) => void,
): void {
  feed.on('state', (change) => {
    const { connection, from, to, cause, at } = change;
    tell({ type: 'state', at, connection, name: nameOf(change), from, to, cause });
  });
  feed.on('retry', (retry) => {
    const { connection, attempt, delay } = retry;
    tell({ type: 'retry', connection, name: nameOf(retry), attempt, delay });
  });
  feed.on('gave-up', (origin) => {
    const { connection, error } = origin;
    tell({ type: 'gave-up', connection, name: nameOf(origin), message: error?.message ?? null });
  });
  feed.on('error', ({ code, message }, origin) =>
    tell({ type: 'error', connection: origin?.connection ?? null, code, message }),
  );
  feed.on('quarantine', ({ connection, reason }) =>
    tell({ type: 'quarantine', connection, message: reason }),
  );
  feed.on('expelled', ({ connection, lag }) => tell({ type: 'expelled', connection, lag }));
}

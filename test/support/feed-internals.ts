/** What the package does not export and its own tests need: the parts that feeds are made of. */
export { Backoff } from '../../dist/src/feed/backoff.js';
export { StateMachine } from '../../dist/src/feed/connection-state.js';
export { DecoderPool, type DecoderPoolListener } from '../../dist/src/feed/decoder-pool.js';
export { DirectSocket } from '../../dist/src/feed/direct-socket.js';
export { FeedMemory } from '../../dist/src/feed/feed-memory.js';
export { FrameIntake } from '../../dist/src/feed/frame-intake.js';
export { MessageSplitter } from '../../dist/src/feed/message-splitter.js';
export { ErrorPacker, unpackError } from '../../dist/src/feed/packed-error.js';
export { type ExpelledReader, ReaderWatch } from '../../dist/src/feed/reader-watch.js';
export { type Place, Subscriptions } from '../../dist/src/feed/subscriptions.js';
export { IoHost } from '../../dist/src/kite/io-host.js';
export { StaleWatch } from '../../dist/src/kite/stale-watch.js';

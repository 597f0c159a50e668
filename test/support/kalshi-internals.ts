/** What the package does not export and its own tests need: the parts that the Kalshi feed is made of. */
export { optionsFromEnv, Signer } from '../../dist/src/kalshi/auth.js';
export { type SubscribeRequest, specOf } from '../../dist/src/kalshi/channels.js';
export { type Answer, Commands, type Outcome } from '../../dist/src/kalshi/commands.js';
export { MESSAGE_FIELDS, type MessageType } from '../../dist/src/kalshi/event-messages.js';
export { readFields } from '../../dist/src/kalshi/fields.js';
export { FirstSnapshots } from '../../dist/src/kalshi/first-snapshots.js';
export { parseMessage } from '../../dist/src/kalshi/messages.js';
export { resolveOptions } from '../../dist/src/kalshi/options.js';
export { ALL, type NextCommand, type Stream } from '../../dist/src/kalshi/stream.js';
export { KalshiSubscriptions, type Refusal } from '../../dist/src/kalshi/subscriptions.js';

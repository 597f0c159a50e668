/** What the package does not export and its own tests need: the parts that the Kraken feed is made of. */
export { TokenBucket } from '../../dist/src/feed/token-bucket.js';
export { Acknowledgements } from '../../dist/src/kraken/acknowledgements.js';
export { nextNonce, sign, TOKEN_PATH, TokenSource } from '../../dist/src/kraken/auth.js';
export { type StreamSpec, slotOf, specsOf, variantOf } from '../../dist/src/kraken/channels.js';
export { ConnectPacing } from '../../dist/src/kraken/connect-pacing.js';
export { GapBuffer } from '../../dist/src/kraken/gap-buffer.js';
export type { Stream } from '../../dist/src/kraken/lines.js';
export { parseMessage } from '../../dist/src/kraken/messages.js';
export { bookAttempt } from '../../dist/src/kraken/pacing.js';
export { type Endpoint, type Method, refusalOf, requestMessage } from '../../dist/src/kraken/protocol.js';
export { Requests } from '../../dist/src/kraken/requests.js';
export { Sequences } from '../../dist/src/kraken/sequences.js';
export { type Batch, KrakenSubscriptions } from '../../dist/src/kraken/subscriptions.js';

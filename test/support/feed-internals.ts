/** What the package does not export and its own tests need: the parts that feeds are made of. */
export { Backoff } from '../../dist/src/feed/backoff.js';
export { StateMachine } from '../../dist/src/feed/connection-state.js';
export { FrameIntake } from '../../dist/src/feed/frame-intake.js';
export { Subscriptions } from '../../dist/src/feed/subscriptions.js';

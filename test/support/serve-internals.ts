/** What the package does not export: the server behind `tickring serve`. */
export { configure } from '../../dist/src/serve/configuration.js';
export { isInstalled } from '../../dist/src/serve/dependencies.js';
export { readDashboard } from '../../dist/src/serve/http/assets.js';
export { Cached } from '../../dist/src/serve/http/cached.js';
export { RateLimiter } from '../../dist/src/serve/http/rate-limiter.js';
export { feedFamilies } from '../../dist/src/serve/metrics/feed-families.js';
export { nearMatches } from '../../dist/src/serve/near-matches.js';
export { Server } from '../../dist/src/serve/server.js';

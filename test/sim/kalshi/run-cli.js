// The command in a process of its own, as `tickring sim kalshi` runs it.
import { simKalshi } from '../../../dist/src/cli/sim-kalshi.js';

await simKalshi(process.argv.slice(2));

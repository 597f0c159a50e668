// The command in a process of its own, as `tickring sim` runs it.
import { simCommand } from '../../dist/src/cli/sim.js';

await simCommand(process.argv.slice(2));

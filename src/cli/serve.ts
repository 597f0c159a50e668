import { configure } from '../serve/configuration.ts';
import { settingLines } from '../serve/configuration-table.ts';
import { Server } from '../serve/server.ts';
import { endOfProcess } from './sim-options.ts';

const HELP = `Usage: tickring serve [options]

Serves feeds over HTTP: books and ticks as JSON, updates as Server-Sent Events, raw records over WebSockets, metrics for Prometheus,
and a dashboard. Without a word of what to serve: all simulators, with subscriptions and faults allowed. It needs fastify and
prom-client, and logs with pino if that is there: npm install fastify prom-client pino

${settingLines()}
  --config FILE                  settings as a JSON object; keys are the names above without --
  --help                         this text

Each setting may be in the environment, too: TICKRING_PORT, TICKRING_LOG_LEVEL … Flags count before the environment, that before
the file.

Exit codes: 0 after SIGINT or SIGTERM, 1 when it failed, 2 when it was called wrongly.
`;

/**
 * `tickring serve`: until SIGINT or SIGTERM. A parent that forked it gets `{ url }`.
 *
 * @param args what follows `serve` on the command line
 * @throws ArgumentError for settings that cannot be used; DependencyError; ServerError when it cannot listen, or its thread fails
 */
export async function serveCommand(args: string[]): Promise<void> {
  const options = configure(args, process.env);
  if (!options) {
    process.stdout.write(HELP);
    return;
  }
  const end = endOfProcess();
  await using server = await Server.start(options);
  console.log(`tickring serves ${Object.keys(options.venues).join(', ')} on ${server.url}`);
  process.send?.({ url: server.url });
  await Promise.race([end, server.ended]);
}

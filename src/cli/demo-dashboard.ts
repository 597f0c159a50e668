import { configure } from '../serve/configuration.ts';
import { DependencyError, ServerError } from '../serve/errors.ts';
import { Server } from '../serve/server.ts';
import type { OpenVenueFeed } from '../serve/venues/venue-feed.ts';

/** The usual place, or any free one when that is taken. */
const PORTS = ['3000', '0'];

/**
 * Serves a demo's feed over HTTP beside its table, and prints where. Without what that takes it says so, and the demo goes on.
 *
 * @param open answers the demo's feed
 */
export async function demoDashboard(venue: string, open: OpenVenueFeed): Promise<Server | undefined> {
  for (const port of PORTS) {
    const options = configure(['--port', port, '--venue', venue, '--sim', '--log-level', 'silent'], {});
    try {
      const server = await Server.start(options!, { [venue]: open });
      console.log(`dashboard on ${server.url}`);
      return server;
    } catch (error) {
      if (!(error instanceof DependencyError || error instanceof ServerError)) throw error;
      if (error instanceof ServerError && port !== PORTS.at(-1)) continue;
      console.log(`no dashboard: ${error.message}`);
      return undefined;
    }
  }
  return undefined;
}

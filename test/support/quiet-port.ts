import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * A port on 127.0.0.1 where nothing listens, and where nothing will unless it asks for this one: it is none of those that systems
 * give to whoever wants any, such as the tests that run beside.
 */
export async function quietPort(): Promise<number> {
  for (;;) {
    const port = randomInt(12_000, 32_000);
    const server = createServer().listen(port, '127.0.0.1');
    try {
      await once(server, 'listening');
    } catch {
      continue;
    }
    const closed = once(server, 'close');
    server.close();
    await closed;
    return port;
  }
}

/** The entry of the server's thread. */
import { parentPort, workerData } from 'node:worker_threads';
import type { FromHttp, HttpTask, ToHttp } from './control.ts';
import { HttpHost } from './http/http-host.ts';
import { stepBack } from './thread-priority.ts';

if (parentPort) {
  // However many clients there are: sockets, decoders and the strategy go first.
  stepBack();
  const port = parentPort;
  const post = (message: FromHttp) => port.postMessage(message);
  const host = await HttpHost.open(workerData as HttpTask, post);
  port.on('message', async (message: ToHttp) => {
    if (message.type !== 'close') {
      host.receive(message);
      return;
    }
    await host.close(message.deadline);
    port.close();
  });
  try {
    post({ type: 'listening', port: await host.listen() });
  } catch (error) {
    post({ type: 'refused', message: (error as Error).message });
  }
}

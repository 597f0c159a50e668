/** A process of its own that reads streams: posts how many updates have come, whenever it is asked. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const [address = '', count = '0'] = process.argv.slice(2);
const { hostname, port, pathname } = new URL(address);
const UPDATE = 'event: update';

let updates = 0;

function read(socket: Socket): void {
  // An event may come in two parts.
  let tail = '';
  socket.setEncoding('latin1');
  socket.on('data', (part: string) => {
    const text = tail + part;
    let at = text.indexOf(UPDATE);
    let end = 0;
    for (; at >= 0; at = text.indexOf(UPDATE, end)) {
      updates += 1;
      end = at + UPDATE.length;
    }
    tail = text.slice(Math.max(end, text.length - UPDATE.length + 1));
  });
}

for (let client = 0; client < Number(count); client++) {
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.write(`GET ${pathname} HTTP/1.1\r\nhost: ${hostname}\r\n\r\n`);
  read(socket);
}
process.on('message', () => process.send?.({ updates, at: performance.now() }));
process.on('disconnect', () => process.exit());
process.send?.('open');

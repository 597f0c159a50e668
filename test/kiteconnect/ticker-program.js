// One program for both clients: what differs is the import. It tells its parent of every event, and does what that says.
const [from, root, settings] = process.argv.slice(2);
const { KiteTicker } = await import(from);
const { params, tokens = [], always = false, throwing = false } = JSON.parse(settings);

const ticker = new KiteTicker({ api_key: 'demo', access_token: 'demo', root, ...params });
let connects = 0;
ticker.on('connect', () => {
  connects += 1;
  if (tokens.length === 0 || (!always && connects > 1)) return;
  ticker.subscribe(tokens);
  ticker.setMode(ticker.modeFull, tokens.slice(0, 2));
  ticker.setMode(ticker.modeLTP, tokens.slice(2, 3));
});
if (throwing) {
  process.on('uncaughtException', (error) => process.send({ event: 'uncaught', values: [error.message] }));
  ticker.on('ticks', () => {
    throw new Error('a fault of the listener');
  });
}
for (const event of ['connect', 'ticks', 'reconnect', 'noreconnect', 'message', 'order_update']) {
  ticker.on(event, (...values) => process.send({ event, values }));
}
// What these get cannot be sent between processes.
for (const event of ['disconnect', 'error', 'close']) {
  ticker.on(event, () => process.send({ event, values: [] }));
}
process.on('message', ({ method, values }) => ticker[method](...values));
ticker.connect();

// The official client keeps its state in its module and may end the process: it gets one of its own.
import { KiteTicker } from 'kiteconnect';

const [root, ...tokens] = process.argv.slice(2);
const ticker = new KiteTicker({ api_key: 'demo', access_token: 'demo', root, reconnect: false });
ticker.on('connect', () => {
  ticker.subscribe(tokens); // as strings, which it allows
  ticker.setMode(ticker.modeFull, tokens.slice(0, 2).map(Number));
  ticker.setMode(ticker.modeLTP, tokens.slice(2, 3).map(Number));
});
ticker.on('ticks', (ticks) => process.send({ ticks }));
ticker.on('order_update', (order) => process.send({ order }));
// Its timers live on after this.
ticker.on('disconnect', () => process.exit(0));
ticker.connect();

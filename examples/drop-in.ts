// Written for the official client: only this import was 'kiteconnect'.
import { KiteTicker } from 'tickring/kiteconnect';
import type { Example } from './example.ts';

export const run: Example = async ({ url, apiKey, accessToken }) => {
  const ticker = new KiteTicker({ api_key: apiKey, access_token: accessToken, root: `${url}/` });
  await new Promise<void>((done) => {
    let seen = 0;
    ticker.on('connect', () => {
      ticker.subscribe([738561, 256265]);
      ticker.setMode(ticker.modeFull, [738561]);
    });
    ticker.on('ticks', (ticks) => {
      for (const { instrument_token, mode, last_price } of ticks) {
        console.log(`${instrument_token} ${mode} ${last_price}`);
      }
      seen += ticks.length;
      if (seen >= 10) done();
    });
    ticker.on('error', (error: unknown) => console.error(error));
    ticker.connect();
  });
  ticker.disconnect();
};

import { KiteTicker, type KiteTickerEvents, type KiteTickerParams, type Tick } from 'tickring/kiteconnect';
import { afterEach } from 'vitest';
import { until } from '../sim/client.ts';

type EventName = keyof KiteTickerEvents;

const running: KiteTicker[] = [];
afterEach(() => {
  for (const ticker of running.splice(0)) ticker.disconnect();
});

/** A ticker, and all that its listeners were told. It ends with the test. */
export class Story {
  readonly ticker: KiteTicker;
  /** Names of the events, without those that come with the data. */
  readonly events: EventName[] = [];
  readonly ticks: Tick[][] = [];
  readonly messages: ArrayBuffer[] = [];
  readonly orders: object[] = [];
  readonly errors: Error[] = [];
  readonly closes: string[] = [];
  readonly disconnects: Error[] = [];
  readonly reconnects: [attempt: number, delay: number][] = [];

  constructor(params: Partial<KiteTickerParams>) {
    const ticker = new KiteTicker({ api_key: 'demo', access_token: 'demo', ...params });
    this.ticker = ticker;
    ticker.on('connect', () => this.events.push('connect'));
    ticker.on('noreconnect', () => this.events.push('noreconnect'));
    ticker.on('ticks', (ticks) => this.ticks.push(ticks));
    ticker.on('message', (bytes) => this.messages.push(bytes));
    ticker.on('order_update', (order) => this.orders.push(order));
    ticker.on('error', (error) => {
      this.events.push('error');
      this.errors.push(error);
    });
    ticker.on('close', (reason) => {
      this.events.push('close');
      this.closes.push(reason);
    });
    ticker.on('disconnect', (error) => {
      this.events.push('disconnect');
      this.disconnects.push(error);
    });
    ticker.on('reconnect', (attempt, delay) => {
      this.events.push('reconnect');
      this.reconnects.push([attempt, delay]);
    });
    running.push(ticker);
  }

  count(event: EventName): number {
    return this.events.filter((each) => each === event).length;
  }

  until(event: EventName, count = 1): Promise<boolean> {
    return until(() => this.count(event) >= count);
  }

  /** All ticks, whatever the frame. */
  get allTicks(): Tick[] {
    return this.ticks.flat();
  }
}

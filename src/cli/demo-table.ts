import type { KiteFeed } from '../kite/index.ts';
import { KITE_NAMES } from '../serve/venues/kite/names.ts';
import { micros, percent, whole } from './demo-run.ts';

/** What one second brought. */
export interface Second {
  readonly seconds: number;
  readonly ticksPerSecond: number;
  readonly bytesPerSecond: number;
  readonly eventLoopUtilization: number;
}

/** The demo's table as lines of text. */
export function demoTable(feed: KiteFeed, second: Second): string[] {
  const stats = feed.stats();
  const { p50, p99, max } = stats.latencies.receiveToRead;
  const most = (occupancies: readonly number[]) => percent(Math.max(...occupancies));
  const frames = most(stats.connections.map(({ frameRingOccupancy }) => frameRingOccupancy));
  const records = most(stats.connections.map(({ recordRingOccupancy }) => recordRingOccupancy));
  const lost = stats.lagged + stats.framesDropped + stats.recordsDropped;
  return [
    `${whole(second.ticksPerSecond).padStart(11)} ticks/s ${(second.bytesPerSecond / 1e6).toFixed(0).padStart(6)} MB/s   ${second.seconds.toFixed(0)} s, ${feed.states.filter((state) => state === 'subscribed').length} connections, ${whole(feed.subscriptions().length)} instruments`,
    `receive → read     p50 ${micros(p50)}   p99 ${micros(p99)}   max ${micros(max)}`,
    `main thread        ${percent(second.eventLoopUtilization)} busy   rings: frames ${frames}, records ${records} full   socket paused ${stats.pauses}×`,
    `lagged ${stats.lagged}   dropped ${lost - stats.lagged}   rejected ${stats.rejected}`,
    '',
    `${'instrument'.padEnd(12)}${'last'.padStart(12)}${'change'.padStart(9)}${'bid'.padStart(12)}${'ask'.padStart(12)}`,
    ...[...KITE_NAMES].map(([token, name]) => row(feed, token, name)),
  ];
}

function row(feed: KiteFeed, token: number, name: string): string {
  const tick = feed.latest(token);
  if (!tick) return `${name.padEnd(12)}${'–'.padStart(12)}`;
  const change = tick.change === undefined ? '' : `${tick.change.toFixed(2)} %`;
  return `${name.padEnd(12)}${price(tick.lastPrice)}${change.padStart(9)}${price(tick.bidPrice(0))}${price(tick.askPrice(0))}`;
}

function price(value: number | undefined): string {
  return (value === undefined ? '–' : value.toFixed(2)).padStart(12);
}

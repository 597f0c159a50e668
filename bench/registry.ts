import { allocation } from './allocation.ts';
import { dashboardFps } from './dashboard-fps.ts';
import { framePublish } from './frame-publish.ts';
import { isolation } from './isolation.ts';
import { kalshiDecode } from './kalshi-decode.ts';
import { kiteDecode } from './kite-decode.ts';
import { kiteDecodeVsMemcpy } from './kite-decode-vs-memcpy.ts';
import { kiteParseObjects } from './kite-parse-objects.ts';
import { kiteRead } from './kite-view-read.ts';
import { krakenDecode } from './kraken-decode.ts';
import { pipelineLatency } from './pipeline-latency.ts';
import { pipelineThroughput } from './pipeline-throughput.ts';
import { ringFrames } from './ring-frames.ts';
import { ringRecords } from './ring-records.ts';
import { scaling } from './scaling.ts';
import { serveSseFanout } from './serve-sse-fanout.ts';
import { socketCost } from './socket-cost.ts';
import { startup } from './startup.ts';
import type { Benchmark, Series } from './suite.ts';
import { wake } from './wake.ts';

/** All of them, in the order in which data flows. */
export const BENCHMARKS: readonly (Benchmark | Series)[] = [
  ...socketCost,
  ...ringFrames,
  framePublish,
  ...kiteDecode,
  kiteDecodeVsMemcpy,
  ...krakenDecode,
  ...kalshiDecode,
  ...ringRecords,
  ...wake,
  ...kiteRead,
  kiteParseObjects,
  ...pipelineThroughput,
  ...pipelineLatency,
  ...isolation,
  ...allocation,
  ...scaling,
  serveSseFanout,
  dashboardFps,
  startup,
];

/** Those with one of the names, or of one of the groups; all for no names. */
export function chosen(names: readonly string[]): readonly (Benchmark | Series)[] {
  if (names.length === 0) return BENCHMARKS;
  return BENCHMARKS.filter(
    ({ name, group }) => names.includes(name) || (group !== undefined && names.includes(group)),
  );
}

/** Names that nothing is called by. */
export function unknown(names: readonly string[]): string[] {
  return names.filter((name) => chosen([name]).length === 0);
}

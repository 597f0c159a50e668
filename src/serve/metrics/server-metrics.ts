import type { Counter, Histogram, Metric, Registry } from 'prom-client';
import type { Family } from './families.ts';

/** Seconds. */
const DURATION_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** The Prometheus client: what is counted elsewhere goes through it as it is, requests are counted here. */
export class ServerMetrics {
  readonly #registry: Registry;
  readonly #requests: Counter;
  readonly #durations: Histogram;

  private constructor(registry: Registry, requests: Counter, durations: Histogram) {
    this.#registry = registry;
    this.#requests = requests;
    this.#durations = durations;
  }

  static async open(): Promise<ServerMetrics> {
    const { Registry, Counter, Histogram, collectDefaultMetrics } = await import('prom-client');
    const registry = new Registry();
    collectDefaultMetrics({ register: registry });
    const requests = new Counter({
      name: 'tickring_http_requests_total',
      help: 'Requests answered.',
      labelNames: ['method', 'route', 'status'],
      registers: [registry],
    });
    const durations = new Histogram({
      name: 'tickring_http_request_duration_seconds',
      help: 'How long answers took; streams are not among them.',
      labelNames: ['method', 'route'],
      buckets: DURATION_BUCKETS,
      registers: [registry],
    });
    return new ServerMetrics(registry, requests, durations);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** @param seconds undefined for a stream */
  answered(method: string, route: string, status: number, seconds: number | undefined): void {
    this.#requests.inc({ method, route, status });
    if (seconds !== undefined) this.#durations.observe({ method, route }, seconds);
  }

  /** The text of a scrape. */
  async text(families: readonly Family[]): Promise<string> {
    const { Registry } = await import('prom-client');
    const own = new Registry();
    for (const family of families) own.registerMetric(asMetric(family));
    return `${await own.metrics()}\n${await this.#registry.metrics()}`;
  }
}

/** The client takes whatever can be asked for its values. */
function asMetric({ name, help, type, samples }: Family): Metric {
  const values = samples.map(({ labels, value, suffix = '' }) => ({
    labels,
    value,
    metricName: name + suffix,
  }));
  return {
    name,
    help,
    type,
    get: async () => ({ name, help, type, values, aggregator: 'sum' }),
  } as unknown as Metric;
}

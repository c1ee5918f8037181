import type { Clock } from '../base/index.ts';
import { counter, gauge, type Family } from './family.ts';

/** What is shown, in the text format of Prometheus. */
export interface MetricsPage {
  readonly contentType: string;
  /** Makes the page, a metric per turn of the event loop. Who asks while one is being made gets that one. */
  render(): Promise<string>;
}

/** What prom-client asks of a metric when a page is made. */
interface Published {
  readonly name: string;
  get(): Promise<unknown>;
}

/**
 * A page of these families and of the process. Loads prom-client, which costs time and memory: to be called on the first scrape.
 * @param prepare what is to be gathered before a page is made
 */
export async function metricsPage(
  families: readonly Family[],
  { clock, prepare }: { readonly clock: Clock; readonly prepare: () => Promise<void> },
): Promise<MetricsPage> {
  const { Registry, collectDefaultMetrics } = await import('prom-client');
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 60_000 });
  // Windows that begin anew with each scrape, and a timer of its own: `ottla_event_loop_delay_seconds` says it for any number of scrapers.
  for (const { name } of registry.getMetricsAsArray())
    if (name.startsWith('nodejs_eventloop_lag')) registry.removeSingleMetric(name);
  let renderings = 0;
  let longestSliceMs = 0;
  const own: Family[] = [
    ...families,
    counter('ottla_metrics_scrapes_total', 'Pages of metrics that were made.', () => renderings),
    gauge(
      'ottla_metrics_longest_slice_seconds',
      'Longest stretch of making a page without a pause.',
      () => longestSliceMs / 1_000,
    ),
  ];
  for (const family of own) {
    const published: Published = {
      name: family.name,
      get: async () => ({
        name: family.name,
        help: family.help,
        type: family.type,
        aggregator: 'sum',
        values: family.samples(),
      }),
    };
    // Its types know its own classes only; it asks nothing of a metric but its values.
    registry.registerMetric(published as unknown as Parameters<typeof registry.registerMetric>[0]);
  }
  const turn = (): Promise<void> => new Promise((done) => clock.endOfTurn(done));
  const render = async (): Promise<string> => {
    renderings++;
    await prepare();
    const parts: string[] = [];
    for (const metric of registry.getMetricsAsArray()) {
      const startedMs = clock.elapsed();
      const text = await registry.getSingleMetricAsString(metric.name);
      longestSliceMs = Math.max(longestSliceMs, clock.elapsed() - startedMs);
      // A metric of which there is nothing to say is left out.
      if (text.split('\n', 3).length > 2) parts.push(text);
      await turn();
    }
    return `${parts.join('\n\n')}\n`;
  };
  let underWay: Promise<string> | undefined;
  return {
    contentType: registry.contentType,
    render: () => (underWay ??= render().finally(() => (underWay = undefined))),
  };
}

import type { Family } from './family.ts';
import { brokerFamilies, topicFamilies } from './broker-families.ts';
import { groupFamilies, leftOutFamily } from './group-families.ts';
import { groupLags, type GroupFigures } from './group-lags.ts';
import { metricsPage, type MetricsPage } from './page.ts';
import { requestFamilies } from './request-families.ts';
import type { MetricsSettings } from './settings.ts';
import type { MetricsSources } from './sources.ts';
import { transactionCounts, transactionFamily } from './transaction-counts.ts';

export { health, type HealthSources } from './health.ts';
export { MetricsListener } from './metrics-listener.ts';
export {
  isMetricsConfig,
  metricsConfigs,
  metricsEnvironment,
  noMetrics,
  readMetricsSettings,
  type MetricsSettings,
} from './settings.ts';
export type { MetricsSources } from './sources.ts';

/** Everything there is to say of a broker. To be called on the first scrape: it loads what makes the page. */
export function brokerPage(sources: MetricsSources, settings: MetricsSettings): Promise<MetricsPage> {
  const { clock } = sources;
  const leftOut = new Map<string, number>();
  let groups: readonly GroupFigures[] = [];
  let transactions: ReadonlyMap<string, number> = new Map();
  const ofEach: Family[] = [...topicFamilies(sources, settings), ...groupFamilies(() => groups)];
  const families = [
    ...brokerFamilies(sources),
    ...requestFamilies(sources),
    transactionFamily(() => transactions),
    ...ofEach.map((family) => ({
      ...family,
      limit: { lines: settings.maxSeries, leftOut: (count: number) => void leftOut.set(family.name, count) },
    })),
    leftOutFamily(leftOut),
  ];
  return metricsPage(families, {
    clock,
    prepare: async () => {
      const leader = sources.replicas.leader.bind(sources.replicas);
      transactions = await transactionCounts(sources.transactions);
      groups = await groupLags(sources.groups, leader, { clock, maxOffsets: settings.maxSeries });
    },
  });
}

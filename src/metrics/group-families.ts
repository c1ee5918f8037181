import { gauge, type Family, type Labels } from './family.ts';
import type { GroupFigures } from './group-lags.ts';

/** What there is of each group: as many lines as there are committed offsets. `groups` were gathered for the page. */
export function groupFamilies(groups: () => readonly GroupFigures[]): Family[] {
  return [
    gauge('ottla_groups', 'Groups by type and state.', () => {
      const counts = new Map<string, { labels: Labels; count: number }>();
      for (const { type, state } of groups()) {
        const key = `${type} ${state}`;
        const known = counts.get(key);
        if (known === undefined) counts.set(key, { labels: { type, state }, count: 1 });
        else known.count++;
      }
      return [...counts.values()].map(({ labels, count }) => [labels, count] as const);
    }),
    gauge('ottla_group_state', 'The state a group is in.', () =>
      groups().map(({ groupId, type, state }) => [{ group: groupId, type, state }, 1] as const),
    ),
    gauge('ottla_group_lag', 'From the committed offset of a partition to its high watermark.', () =>
      groups().flatMap(({ groupId, offsets }) =>
        offsets.flatMap(({ topic, partition, lag }) =>
          lag === undefined ? [] : [[{ group: groupId, topic, partition: String(partition) }, lag] as const],
        ),
      ),
    ),
    gauge('ottla_group_committed_offset', 'The offset that a group has committed for a partition.', () =>
      groups().flatMap(({ groupId, offsets }) =>
        offsets.map(
          ({ topic, partition, committed }) =>
            [{ group: groupId, topic, partition: String(partition) }, committed] as const,
        ),
      ),
    ),
  ];
}

/** Lines beyond the limit, by metric. */
export function leftOutFamily(leftOut: ReadonlyMap<string, number>): Family {
  return gauge(
    'ottla_metrics_series_left_out',
    'Lines that were left out of a metric (ottla.metrics.max.series).',
    () => [...leftOut].filter(([, count]) => count > 0).map(([metric, count]) => [{ metric }, count] as const),
  );
}

/** Sets of partitions by topic id. */
import type { Reading } from '../coordinator/index.ts';

/** No topic without a partition. */
export type TopicPartitions = Map<string, Set<number>>;

export interface ListedPartitions {
  readonly topicId: string;
  readonly partitions: readonly number[];
}

export function sorted(partitions: Iterable<number>): number[] {
  return [...partitions].sort((a, b) => a - b);
}

export function listPartitions(
  topics: Iterable<readonly [string, { keys(): Iterable<number> }]>,
): { topicId: string; partitions: number[] }[] {
  return [...topics].map(([topicId, partitions]) => ({ topicId, partitions: sorted(partitions.keys()) }));
}

export function partitionsOf(listed: Iterable<ListedPartitions>): TopicPartitions {
  const topics: TopicPartitions = new Map();
  for (const { topicId, partitions } of listed) {
    if (partitions.length > 0) topics.set(topicId, new Set(partitions));
  }
  return topics;
}

export function isSamePartitions(a: Reading<TopicPartitions>, b: Reading<TopicPartitions>): boolean {
  if (a.size !== b.size) return false;
  for (const [topicId, partitions] of a) {
    const others = b.get(topicId);
    if (others === undefined || others.size !== partitions.size) return false;
    for (const partition of partitions) if (!others.has(partition)) return false;
  }
  return true;
}

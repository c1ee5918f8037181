import type { Reading } from '../../coordinator/index.ts';
import type { TopicPartitions } from '../partitions.ts';

/** A member, as who assigns sees it. */
export interface AssignedMember {
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly rackId: string | null;
  /** Ids of topics that are there. */
  readonly topicIds: readonly string[];
  /** What it was to own so far. */
  readonly assignment: Reading<TopicPartitions>;
}

export interface AssignorInput {
  /** In the order in which Apache Kafka's HashMap has them: who is first gets what is left over. */
  readonly members: readonly AssignedMember[];
  /** Whether all subscribe to the same topics. */
  readonly isHomogeneous: boolean;
  readonly partitionCount: (topicId: string) => number;
}

/** What each member is to own, by member id; who gets nothing may be left out. */
export type Assignment = Map<string, TopicPartitions>;

/** Pure: the same input gives the same assignment. */
export type Assignor = (input: AssignorInput) => Assignment;

export function addPartition(partitions: TopicPartitions, topicId: string, partition: number): void {
  const before = partitions.get(topicId);
  if (before === undefined) partitions.set(topicId, new Set([partition]));
  else before.add(partition);
}

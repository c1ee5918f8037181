/**
 * Topics and partitions in __cluster_metadata.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, int32, int8, message, string, uuid, type Infer } from '../../schema.ts';

/** A topic comes to be, under an id that is never used again. */
export const TopicRecord = message('TopicRecord', { apiKey: 2, versions: [0, 0], flexibleSince: 0 }, () => ({
  name: string(),
  topicId: uuid(),
}));
export type TopicRecord = Infer<typeof TopicRecord>;

/** A topic and its partitions are gone. */
export const RemoveTopicRecord = message(
  'RemoveTopicRecord',
  { apiKey: 9, versions: [0, 0], flexibleSince: 0 },
  () => ({
    topicId: uuid(),
  }),
);
export type RemoveTopicRecord = Infer<typeof RemoveTopicRecord>;

/** A partition, whole: replicas, ISR, leader and epochs. */
export const PartitionRecord = message('PartitionRecord', { apiKey: 3, versions: [0, 2], flexibleSince: 0 }, () => ({
  partitionId: int32().default(-1),
  topicId: uuid(),
  replicas: array(int32()),
  isr: array(int32()),
  removingReplicas: array(int32()),
  addingReplicas: array(int32()),
  leader: int32().default(-1),
  leaderRecoveryState: int8().tagged(0).default(0),
  leaderEpoch: int32().default(-1),
  partitionEpoch: int32().default(-1),
  directories: array(uuid()).since(1),
  eligibleLeaderReplicas: array(int32()).since(2).nullable().tagged(1).default(null),
  lastKnownElr: array(int32()).since(2).nullable().tagged(2).default(null),
}));
export type PartitionRecord = Infer<typeof PartitionRecord>;

/** What changed of a partition; a field left at its default did not. */
export const PartitionChangeRecord = message(
  'PartitionChangeRecord',
  { apiKey: 5, versions: [0, 2], flexibleSince: 0 },
  () => ({
    partitionId: int32().default(-1),
    topicId: uuid(),
    isr: array(int32()).nullable().tagged(0).default(null),
    leader: int32().tagged(1).default(-2),
    replicas: array(int32()).nullable().tagged(2).default(null),
    removingReplicas: array(int32()).nullable().tagged(3).default(null),
    addingReplicas: array(int32()).nullable().tagged(4).default(null),
    leaderRecoveryState: int8().tagged(5).default(-1),
    directories: array(uuid()).since(1).nullable().tagged(8).default(null),
    eligibleLeaderReplicas: array(int32()).since(2).nullable().tagged(6).default(null),
    lastKnownElr: array(int32()).since(2).nullable().tagged(7).default(null),
  }),
);
export type PartitionChangeRecord = Infer<typeof PartitionChangeRecord>;

/** Forgets the eligible leader replicas of a topic, or of all. */
export const ClearElrRecord = message('ClearElrRecord', { apiKey: 28, versions: [0, 0], flexibleSince: 0 }, () => ({
  topicName: string(),
}));
export type ClearElrRecord = Infer<typeof ClearElrRecord>;

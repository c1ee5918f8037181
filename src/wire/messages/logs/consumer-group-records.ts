/**
 * Consumer groups (KIP-848) in __consumer_offsets: the group, its members, its target and current assignment.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, bigint64, bytes, int32, int64, int8, message, string, struct, uuid, type Infer } from '../../schema.ts';

/** The group. */
export const ConsumerGroupMetadataKey = message('ConsumerGroupMetadataKey', { apiKey: 3, versions: [0, 0] }, () => ({
  groupId: string(),
}));
export type ConsumerGroupMetadataKey = Infer<typeof ConsumerGroupMetadataKey>;

/** Its epoch, and a hash of the metadata of the topics it reads. */
export const ConsumerGroupMetadataValue = message(
  'ConsumerGroupMetadataValue',
  { apiKey: 3, versions: [0, 0], flexibleSince: 0 },
  () => ({
    epoch: int32(),
    metadataHash: bigint64().tagged(0).default(0n),
  }),
);
export type ConsumerGroupMetadataValue = Infer<typeof ConsumerGroupMetadataValue>;

/** The group; no longer written. */
export const ConsumerGroupPartitionMetadataKey = message(
  'ConsumerGroupPartitionMetadataKey',
  { apiKey: 4, versions: [0, 0] },
  () => ({
    groupId: string(),
  }),
);
export type ConsumerGroupPartitionMetadataKey = Infer<typeof ConsumerGroupPartitionMetadataKey>;

/** Partition counts and racks of its topics; no longer written. */
export const ConsumerGroupPartitionMetadataValue = message(
  'ConsumerGroupPartitionMetadataValue',
  { apiKey: 4, versions: [0, 0], flexibleSince: 0 },
  () => ({
    topics: array({
      topicId: uuid(),
      topicName: string(),
      numPartitions: int32(),
      partitionMetadata: array({
        partition: int32(),
        racks: array(string()),
      }),
    }),
  }),
);
export type ConsumerGroupPartitionMetadataValue = Infer<typeof ConsumerGroupPartitionMetadataValue>;

/** Group and member. */
export const ConsumerGroupMemberMetadataKey = message(
  'ConsumerGroupMemberMetadataKey',
  { apiKey: 5, versions: [0, 0] },
  () => ({
    groupId: string(),
    memberId: string(),
  }),
);
export type ConsumerGroupMemberMetadataKey = Infer<typeof ConsumerGroupMemberMetadataKey>;

/** What the member told of itself and what it subscribes to. */
export const ConsumerGroupMemberMetadataValue = message(
  'ConsumerGroupMemberMetadataValue',
  { apiKey: 5, versions: [0, 0], flexibleSince: 0 },
  () => ({
    instanceId: string().nullable(),
    rackId: string().nullable(),
    clientId: string(),
    clientHost: string(),
    subscribedTopicNames: array(string()),
    subscribedTopicRegex: string().nullable(),
    rebalanceTimeoutMs: int32().default(-1),
    serverAssignor: string().nullable(),
    classicMemberMetadata: struct({
      sessionTimeoutMs: int32(),
      supportedProtocols: array({
        name: string(),
        metadata: bytes(),
      }),
    })
      .nullable()
      .tagged(0),
  }),
);
export type ConsumerGroupMemberMetadataValue = Infer<typeof ConsumerGroupMemberMetadataValue>;

/** The group. */
export const ConsumerGroupTargetAssignmentMetadataKey = message(
  'ConsumerGroupTargetAssignmentMetadataKey',
  { apiKey: 6, versions: [0, 0] },
  () => ({
    groupId: string(),
  }),
);
export type ConsumerGroupTargetAssignmentMetadataKey = Infer<typeof ConsumerGroupTargetAssignmentMetadataKey>;

/** The epoch for which the target assignment was made. */
export const ConsumerGroupTargetAssignmentMetadataValue = message(
  'ConsumerGroupTargetAssignmentMetadataValue',
  { apiKey: 6, versions: [0, 0], flexibleSince: 0 },
  () => ({
    assignmentEpoch: int32(),
    assignmentTimestamp: int64().tagged(0).default(0).ignorable(),
  }),
);
export type ConsumerGroupTargetAssignmentMetadataValue = Infer<typeof ConsumerGroupTargetAssignmentMetadataValue>;

/** Group and member. */
export const ConsumerGroupTargetAssignmentMemberKey = message(
  'ConsumerGroupTargetAssignmentMemberKey',
  { apiKey: 7, versions: [0, 0] },
  () => ({
    groupId: string(),
    memberId: string(),
  }),
);
export type ConsumerGroupTargetAssignmentMemberKey = Infer<typeof ConsumerGroupTargetAssignmentMemberKey>;

/** The partitions that the member shall own. */
export const ConsumerGroupTargetAssignmentMemberValue = message(
  'ConsumerGroupTargetAssignmentMemberValue',
  { apiKey: 7, versions: [0, 0], flexibleSince: 0 },
  () => ({
    topicPartitions: array({
      topicId: uuid(),
      partitions: array(int32()),
    }),
  }),
);
export type ConsumerGroupTargetAssignmentMemberValue = Infer<typeof ConsumerGroupTargetAssignmentMemberValue>;

/** Group and member. */
export const ConsumerGroupCurrentMemberAssignmentKey = message(
  'ConsumerGroupCurrentMemberAssignmentKey',
  { apiKey: 8, versions: [0, 0] },
  () => ({
    groupId: string(),
    memberId: string(),
  }),
);
export type ConsumerGroupCurrentMemberAssignmentKey = Infer<typeof ConsumerGroupCurrentMemberAssignmentKey>;

const topicPartitions = {
  topicId: uuid(),
  partitions: array(int32()),
  assignmentEpochs: array(int32()).nullable().tagged(0),
};

/** The partitions that it owns, and those that it has yet to revoke. */
export const ConsumerGroupCurrentMemberAssignmentValue = message(
  'ConsumerGroupCurrentMemberAssignmentValue',
  { apiKey: 8, versions: [0, 0], flexibleSince: 0 },
  () => ({
    memberEpoch: int32(),
    previousMemberEpoch: int32(),
    state: int8(),
    assignedPartitions: array(topicPartitions),
    partitionsPendingRevocation: array(topicPartitions),
  }),
);
export type ConsumerGroupCurrentMemberAssignmentValue = Infer<typeof ConsumerGroupCurrentMemberAssignmentValue>;

/** Group and regular expression. */
export const ConsumerGroupRegularExpressionKey = message(
  'ConsumerGroupRegularExpressionKey',
  { apiKey: 16, versions: [0, 0] },
  () => ({
    groupId: string(),
    regularExpression: string(),
  }),
);
export type ConsumerGroupRegularExpressionKey = Infer<typeof ConsumerGroupRegularExpressionKey>;

/** The topics that the expression matched, and when. */
export const ConsumerGroupRegularExpressionValue = message(
  'ConsumerGroupRegularExpressionValue',
  { apiKey: 16, versions: [0, 0], flexibleSince: 0 },
  () => ({
    topics: array(string()),
    version: int64(),
    timestamp: int64(),
  }),
);
export type ConsumerGroupRegularExpressionValue = Infer<typeof ConsumerGroupRegularExpressionValue>;

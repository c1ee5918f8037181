/**
 * Share groups (KIP-932) in __consumer_offsets.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, bigint64, int32, int64, int8, message, string, uuid, type Infer } from '../../schema.ts';

/** Group and member. */
export const ShareGroupMemberMetadataKey = message(
  'ShareGroupMemberMetadataKey',
  { apiKey: 10, versions: [0, 0] },
  () => ({
    groupId: string(),
    memberId: string(),
  }),
);
export type ShareGroupMemberMetadataKey = Infer<typeof ShareGroupMemberMetadataKey>;

/** What the member told of itself and the topics it subscribes to. */
export const ShareGroupMemberMetadataValue = message(
  'ShareGroupMemberMetadataValue',
  { apiKey: 10, versions: [0, 0], flexibleSince: 0 },
  () => ({
    rackId: string().nullable(),
    clientId: string(),
    clientHost: string(),
    subscribedTopicNames: array(string()),
  }),
);
export type ShareGroupMemberMetadataValue = Infer<typeof ShareGroupMemberMetadataValue>;

/** The group. */
export const ShareGroupMetadataKey = message('ShareGroupMetadataKey', { apiKey: 11, versions: [0, 0] }, () => ({
  groupId: string(),
}));
export type ShareGroupMetadataKey = Infer<typeof ShareGroupMetadataKey>;

/** Its epoch, and a hash of the metadata of the topics it reads. */
export const ShareGroupMetadataValue = message(
  'ShareGroupMetadataValue',
  { apiKey: 11, versions: [0, 0], flexibleSince: 0 },
  () => ({
    epoch: int32(),
    metadataHash: bigint64(),
  }),
);
export type ShareGroupMetadataValue = Infer<typeof ShareGroupMetadataValue>;

/** The group. */
export const ShareGroupTargetAssignmentMetadataKey = message(
  'ShareGroupTargetAssignmentMetadataKey',
  { apiKey: 12, versions: [0, 0] },
  () => ({
    groupId: string(),
  }),
);
export type ShareGroupTargetAssignmentMetadataKey = Infer<typeof ShareGroupTargetAssignmentMetadataKey>;

/** The epoch for which the target assignment was made. */
export const ShareGroupTargetAssignmentMetadataValue = message(
  'ShareGroupTargetAssignmentMetadataValue',
  { apiKey: 12, versions: [0, 0], flexibleSince: 0 },
  () => ({
    assignmentEpoch: int32(),
    assignmentTimestamp: int64().tagged(0).default(0).ignorable(),
  }),
);
export type ShareGroupTargetAssignmentMetadataValue = Infer<typeof ShareGroupTargetAssignmentMetadataValue>;

/** Group and member. */
export const ShareGroupTargetAssignmentMemberKey = message(
  'ShareGroupTargetAssignmentMemberKey',
  { apiKey: 13, versions: [0, 0] },
  () => ({
    groupId: string(),
    memberId: string(),
  }),
);
export type ShareGroupTargetAssignmentMemberKey = Infer<typeof ShareGroupTargetAssignmentMemberKey>;

/** The partitions that the member shall read. */
export const ShareGroupTargetAssignmentMemberValue = message(
  'ShareGroupTargetAssignmentMemberValue',
  { apiKey: 13, versions: [0, 0], flexibleSince: 0 },
  () => ({
    topicPartitions: array({
      topicId: uuid(),
      partitions: array(int32()),
    }),
  }),
);
export type ShareGroupTargetAssignmentMemberValue = Infer<typeof ShareGroupTargetAssignmentMemberValue>;

/** Group and member. */
export const ShareGroupCurrentMemberAssignmentKey = message(
  'ShareGroupCurrentMemberAssignmentKey',
  { apiKey: 14, versions: [0, 0] },
  () => ({
    groupId: string(),
    memberId: string(),
  }),
);
export type ShareGroupCurrentMemberAssignmentKey = Infer<typeof ShareGroupCurrentMemberAssignmentKey>;

const topicPartitions = {
  topicId: uuid(),
  partitions: array(int32()),
};

/** The partitions that the member reads now, and its epochs. */
export const ShareGroupCurrentMemberAssignmentValue = message(
  'ShareGroupCurrentMemberAssignmentValue',
  { apiKey: 14, versions: [0, 0], flexibleSince: 0 },
  () => ({
    memberEpoch: int32(),
    previousMemberEpoch: int32(),
    state: int8(),
    assignedPartitions: array(topicPartitions),
  }),
);
export type ShareGroupCurrentMemberAssignmentValue = Infer<typeof ShareGroupCurrentMemberAssignmentValue>;

/** The group. */
export const ShareGroupStatePartitionMetadataKey = message(
  'ShareGroupStatePartitionMetadataKey',
  { apiKey: 15, versions: [0, 0] },
  () => ({
    groupId: string(),
  }),
);
export type ShareGroupStatePartitionMetadataKey = Infer<typeof ShareGroupStatePartitionMetadataKey>;

const topicPartitionsInfo = {
  topicId: uuid(),
  topicName: string(),
  partitions: array(int32()),
};

const topicInfo = {
  topicId: uuid(),
  topicName: string(),
};

/** Which share partitions have state, are getting it, or are losing it. */
export const ShareGroupStatePartitionMetadataValue = message(
  'ShareGroupStatePartitionMetadataValue',
  { apiKey: 15, versions: [0, 0], flexibleSince: 0 },
  () => ({
    initializingTopics: array(topicPartitionsInfo),
    initializedTopics: array(topicPartitionsInfo),
    deletingTopics: array(topicInfo),
  }),
);
export type ShareGroupStatePartitionMetadataValue = Infer<typeof ShareGroupStatePartitionMetadataValue>;

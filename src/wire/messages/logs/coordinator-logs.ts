/** Which record types each coordinator's log holds. */
import { GroupMetadataKey, GroupMetadataValue } from './classic-group-records.ts';
import {
  ConsumerGroupCurrentMemberAssignmentKey,
  ConsumerGroupCurrentMemberAssignmentValue,
  ConsumerGroupMemberMetadataKey,
  ConsumerGroupMemberMetadataValue,
  ConsumerGroupMetadataKey,
  ConsumerGroupMetadataValue,
  ConsumerGroupPartitionMetadataKey,
  ConsumerGroupPartitionMetadataValue,
  ConsumerGroupRegularExpressionKey,
  ConsumerGroupRegularExpressionValue,
  ConsumerGroupTargetAssignmentMemberKey,
  ConsumerGroupTargetAssignmentMemberValue,
  ConsumerGroupTargetAssignmentMetadataKey,
  ConsumerGroupTargetAssignmentMetadataValue,
} from './consumer-group-records.ts';
import { CoordinatorLog, type CoordinatorRecord } from './coordinator-log.ts';
import {
  LegacyOffsetCommitKey,
  LegacyOffsetCommitValue,
  OffsetCommitKey,
  OffsetCommitValue,
} from './offset-commit-records.ts';
import {
  ShareGroupCurrentMemberAssignmentKey,
  ShareGroupCurrentMemberAssignmentValue,
  ShareGroupMemberMetadataKey,
  ShareGroupMemberMetadataValue,
  ShareGroupMetadataKey,
  ShareGroupMetadataValue,
  ShareGroupStatePartitionMetadataKey,
  ShareGroupStatePartitionMetadataValue,
  ShareGroupTargetAssignmentMemberKey,
  ShareGroupTargetAssignmentMemberValue,
  ShareGroupTargetAssignmentMetadataKey,
  ShareGroupTargetAssignmentMetadataValue,
} from './share-group-records.ts';
import { ShareSnapshotKey, ShareSnapshotValue, ShareUpdateKey, ShareUpdateValue } from './share-state-records.ts';
import {
  StreamsGroupCurrentMemberAssignmentKey,
  StreamsGroupCurrentMemberAssignmentValue,
  StreamsGroupMemberMetadataKey,
  StreamsGroupMemberMetadataValue,
  StreamsGroupMetadataKey,
  StreamsGroupMetadataValue,
  StreamsGroupTargetAssignmentMemberKey,
  StreamsGroupTargetAssignmentMemberValue,
  StreamsGroupTargetAssignmentMetadataKey,
  StreamsGroupTargetAssignmentMetadataValue,
  StreamsGroupTopologyKey,
  StreamsGroupTopologyValue,
} from './streams-group-records.ts';
import { TransactionLogKey, TransactionLogValue } from './transaction-records.ts';

const consumerOffsetsPairs = {
  LegacyOffsetCommit: [LegacyOffsetCommitKey, LegacyOffsetCommitValue],
  OffsetCommit: [OffsetCommitKey, OffsetCommitValue],
  GroupMetadata: [GroupMetadataKey, GroupMetadataValue],
  ConsumerGroupMetadata: [ConsumerGroupMetadataKey, ConsumerGroupMetadataValue],
  ConsumerGroupPartitionMetadata: [ConsumerGroupPartitionMetadataKey, ConsumerGroupPartitionMetadataValue],
  ConsumerGroupMemberMetadata: [ConsumerGroupMemberMetadataKey, ConsumerGroupMemberMetadataValue],
  ConsumerGroupTargetAssignmentMetadata: [
    ConsumerGroupTargetAssignmentMetadataKey,
    ConsumerGroupTargetAssignmentMetadataValue,
  ],
  ConsumerGroupTargetAssignmentMember: [
    ConsumerGroupTargetAssignmentMemberKey,
    ConsumerGroupTargetAssignmentMemberValue,
  ],
  ConsumerGroupCurrentMemberAssignment: [
    ConsumerGroupCurrentMemberAssignmentKey,
    ConsumerGroupCurrentMemberAssignmentValue,
  ],
  ConsumerGroupRegularExpression: [ConsumerGroupRegularExpressionKey, ConsumerGroupRegularExpressionValue],
  ShareGroupMemberMetadata: [ShareGroupMemberMetadataKey, ShareGroupMemberMetadataValue],
  ShareGroupMetadata: [ShareGroupMetadataKey, ShareGroupMetadataValue],
  ShareGroupTargetAssignmentMetadata: [ShareGroupTargetAssignmentMetadataKey, ShareGroupTargetAssignmentMetadataValue],
  ShareGroupTargetAssignmentMember: [ShareGroupTargetAssignmentMemberKey, ShareGroupTargetAssignmentMemberValue],
  ShareGroupCurrentMemberAssignment: [ShareGroupCurrentMemberAssignmentKey, ShareGroupCurrentMemberAssignmentValue],
  ShareGroupStatePartitionMetadata: [ShareGroupStatePartitionMetadataKey, ShareGroupStatePartitionMetadataValue],
  StreamsGroupMetadata: [StreamsGroupMetadataKey, StreamsGroupMetadataValue],
  StreamsGroupMemberMetadata: [StreamsGroupMemberMetadataKey, StreamsGroupMemberMetadataValue],
  StreamsGroupTargetAssignmentMetadata: [
    StreamsGroupTargetAssignmentMetadataKey,
    StreamsGroupTargetAssignmentMetadataValue,
  ],
  StreamsGroupTargetAssignmentMember: [StreamsGroupTargetAssignmentMemberKey, StreamsGroupTargetAssignmentMemberValue],
  StreamsGroupCurrentMemberAssignment: [
    StreamsGroupCurrentMemberAssignmentKey,
    StreamsGroupCurrentMemberAssignmentValue,
  ],
  StreamsGroupTopology: [StreamsGroupTopologyKey, StreamsGroupTopologyValue],
} as const;
/** `__consumer_offsets` */
export const consumerOffsetsLog = new CoordinatorLog(consumerOffsetsPairs);
export type ConsumerOffsetsRecord = CoordinatorRecord<typeof consumerOffsetsPairs>;

const transactionStatePairs = { TransactionLog: [TransactionLogKey, TransactionLogValue] } as const;
/** `__transaction_state` */
export const transactionStateLog = new CoordinatorLog(transactionStatePairs);
export type TransactionStateRecord = CoordinatorRecord<typeof transactionStatePairs>;

const shareGroupStatePairs = {
  ShareSnapshot: [ShareSnapshotKey, ShareSnapshotValue],
  ShareUpdate: [ShareUpdateKey, ShareUpdateValue],
} as const;
/** `__share_group_state` */
export const shareGroupStateLog = new CoordinatorLog(shareGroupStatePairs);
export type ShareGroupStateRecord = CoordinatorRecord<typeof shareGroupStatePairs>;

/** The records of `__consumer_offsets` that consumer groups are made of. */
import type { Reading } from '../coordinator/index.ts';
import type {
  ConsumerGroupCurrentMemberAssignmentValue,
  ConsumerGroupMemberMetadataValue,
  ConsumerGroupMetadataValue,
  ConsumerGroupPartitionMetadataValue,
  ConsumerGroupRegularExpressionValue,
  ConsumerGroupTargetAssignmentMemberValue,
  ConsumerGroupTargetAssignmentMetadataValue,
} from '../wire/messages/logs/index.ts';
import { assignmentOf, metadataOf, type Member } from './consumer-member.ts';
import type { Group } from './consumer-group.ts';
import { listPartitions, type TopicPartitions } from './partitions.ts';

interface OfGroup<Type extends string, Value> {
  readonly type: Type;
  readonly groupId: string;
  /** Null: a tombstone. */
  readonly value: Reading<Value> | null;
}

interface OfMember<Type extends string, Value> extends OfGroup<Type, Value> {
  readonly memberId: string;
}

export type ConsumerGroupRecord =
  | OfGroup<'consumerGroup', ConsumerGroupMetadataValue>
  | OfGroup<'consumerGroupPartitionMetadata', ConsumerGroupPartitionMetadataValue>
  | OfMember<'consumerGroupMember', ConsumerGroupMemberMetadataValue>
  | OfGroup<'consumerGroupTarget', ConsumerGroupTargetAssignmentMetadataValue>
  | OfMember<'consumerGroupMemberTarget', ConsumerGroupTargetAssignmentMemberValue>
  | OfMember<'consumerGroupMemberAssignment', ConsumerGroupCurrentMemberAssignmentValue>
  | (OfGroup<'consumerGroupRegex', ConsumerGroupRegularExpressionValue> & { readonly regex: string });

export function groupRecord(groupId: string, epoch: number, metadataHash: bigint): ConsumerGroupRecord {
  return { type: 'consumerGroup', groupId, value: { epoch, metadataHash } };
}

export function memberRecord(groupId: string, member: Member): ConsumerGroupRecord {
  return { type: 'consumerGroupMember', groupId, memberId: member.memberId, value: metadataOf(member) };
}

export function memberAssignmentRecord(groupId: string, member: Member): ConsumerGroupRecord {
  return { type: 'consumerGroupMemberAssignment', groupId, memberId: member.memberId, value: assignmentOf(member) };
}

export function targetRecord(
  groupId: string,
  assignmentEpoch: number,
  assignmentTimestamp: number,
): ConsumerGroupRecord {
  return { type: 'consumerGroupTarget', groupId, value: { assignmentEpoch, assignmentTimestamp } };
}

export function memberTargetRecord(
  groupId: string,
  memberId: string,
  target: Reading<TopicPartitions>,
): ConsumerGroupRecord {
  const topicPartitions = listPartitions(target);
  return { type: 'consumerGroupMemberTarget', groupId, memberId, value: { topicPartitions } };
}

export function regexTombstone(groupId: string, regex: string): ConsumerGroupRecord {
  return { type: 'consumerGroupRegex', groupId, regex, value: null };
}

/** All that there is of one member, gone. */
export function memberTombstones(groupId: string, memberId: string): ConsumerGroupRecord[] {
  return [
    { type: 'consumerGroupMemberAssignment', groupId, memberId, value: null },
    { type: 'consumerGroupMemberTarget', groupId, memberId, value: null },
    { type: 'consumerGroupMember', groupId, memberId, value: null },
  ];
}

/** All that there is of a group but its offsets, gone. */
export function groupTombstones(groupId: string, group: Group): ConsumerGroupRecord[] {
  const memberIds = [...group.members.keys()];
  return [
    ...memberIds.map(
      (memberId) => ({ type: 'consumerGroupMemberAssignment', groupId, memberId, value: null }) as const,
    ),
    ...memberIds.map((memberId) => ({ type: 'consumerGroupMemberTarget', groupId, memberId, value: null }) as const),
    { type: 'consumerGroupTarget', groupId, value: null },
    ...memberIds.map((memberId) => ({ type: 'consumerGroupMember', groupId, memberId, value: null }) as const),
    ...[...group.regexes.keys()].map((regex) => regexTombstone(groupId, regex)),
    { type: 'consumerGroupPartitionMetadata', groupId, value: null },
    { type: 'consumerGroup', groupId, value: null },
  ];
}

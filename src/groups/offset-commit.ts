/** OffsetCommit 2-10 (OffsetMetadataManager.commitOffset). */
import type { Ticket } from '../coordinator/index.ts';
import { ErrorCode } from '../wire/index.ts';
import type { OffsetCommitRequest } from '../wire/messages/index.ts';
import type { ClassicGroup } from './classic-group.ts';
import { offsetCommitValue } from './committed-offset.ts';
import { checkConsumerCommit, firstRefusal, type CommitCheck } from './consumer-offsets.ts';
import type { GroupRequest } from './group-requests.ts';
import { validateMember, watchSession } from './members.ts';
import { isStorable } from './storable.ts';
import type { Step } from './step.ts';

export function offsetCommit(step: Step, ticket: Ticket, { request, context }: GroupRequest<'offsetCommit'>): void {
  const check = validateCommit(step, request, context.version);
  // One partition that may not be committed has all of them refused.
  const refusal = typeof check === 'number' ? check : firstRefusal(check, request.topics);
  const topics = request.topics.map(({ name, topicId, partitions }) => ({
    name,
    topicId,
    partitions: partitions.map((partition) => ({
      partitionIndex: partition.partitionIndex,
      errorCode: refusal === ErrorCode.NONE ? commit(step, request, { name, topicId, partition }) : refusal,
    })),
  }));
  step.answer(ticket, 'offsetCommit', { topics });
}

type Topic = OffsetCommitRequest['topics'][number];
interface Offset {
  readonly name: string;
  readonly topicId: string;
  readonly partition: Topic['partitions'][number];
}

function commit(step: Step, { groupId, retentionTimeMs }: OffsetCommitRequest, offset: Offset): number {
  const { name: topic, topicId, partition } = offset;
  const value = offsetCommitValue(step, partition, { topicId, retentionTimeMs });
  if (typeof value === 'number') return value;
  step.records.push({ type: 'offsetCommit', groupId, topic, partition: partition.partitionIndex, value });
  return ErrorCode.NONE;
}

function validateCommit(step: Step, request: OffsetCommitRequest, version: number): CommitCheck | number {
  const consumerGroup = step.consumerGroup(request.groupId);
  if (consumerGroup !== undefined) {
    const { memberId, generationIdOrMemberEpoch: memberEpoch, groupInstanceId } = request;
    return checkConsumerCommit(consumerGroup, { memberId, memberEpoch, version, isStatic: groupInstanceId !== null });
  }
  const group = step.group(request.groupId);
  if (group !== undefined) return validateForGroup(step, group, request);
  if (request.generationIdOrMemberEpoch >= 0)
    return version >= 9 ? ErrorCode.GROUP_ID_NOT_FOUND : ErrorCode.ILLEGAL_GENERATION;
  // Whoever keeps offsets without being a member makes a simple group, even one without a name.
  return isStorable(request.groupId) ? ErrorCode.NONE : ErrorCode.INVALID_GROUP_ID;
}

function validateForGroup(step: Step, group: ClassicGroup, request: OffsetCommitRequest): number {
  const { memberId, groupInstanceId, generationIdOrMemberEpoch: generationId } = request;
  if (generationId < 0 && group.state === 'Empty') return ErrorCode.NONE;
  if (generationId < 0 && memberId === '' && groupInstanceId === null) return ErrorCode.UNKNOWN_MEMBER_ID;
  const member = validateMember(group, memberId, groupInstanceId);
  if (typeof member === 'number') return member;
  if (generationId !== group.generationId) return ErrorCode.ILLEGAL_GENERATION;
  // It knows the generation from its JoinGroup, but not what it is assigned.
  if (group.state === 'CompletingRebalance') return ErrorCode.REBALANCE_IN_PROGRESS;
  watchSession(step, member);
  return ErrorCode.NONE;
}

/**
 * Offsets that a group's transactions have written and not committed yet (OffsetMetadataManager): part of the hard state
 * beside the committed ones, which they become, or are forgotten, when the transaction's marker is replayed.
 */
import { ZERO_UUID } from '../base/index.ts';
import type { Ticket } from '../coordinator/index.ts';
import { ErrorCode } from '../wire/index.ts';
import type { TxnOffsetCommitRequest } from '../wire/messages/index.ts';
import { offsetCommitValue } from './committed-offset.ts';
import type { Group } from './consumer-group.ts';
import { checkConsumerCommit, firstRefusal } from './consumer-offsets.ts';
import type { GroupRequest } from './group-requests.ts';
import type { CommittedOffset } from './group-state.ts';
import { validateMember } from './members.ts';
import { isStorable } from './storable.ts';
import type { Step } from './step.ts';

/** By topic and partition. */
export type PendingOffsets = ReadonlyMap<string, ReadonlyMap<number, CommittedOffset>>;

/** Whether an open transaction may change what is committed for the partition. */
export function isUnstable(pending: ReadonlyMap<number, PendingOffsets>, topic: string, partition: number): boolean {
  for (const offsets of pending.values()) if (offsets.get(topic)?.has(partition) === true) return true;
  return false;
}

/** TxnOffsetCommit 0-5: the partition of the group is known to be part of the transaction. */
export function txnOffsetCommit(step: Step, ticket: Ticket, { request }: GroupRequest<'txnOffsetCommit'>): void {
  const refusal = validateCommit(step, request);
  const topics = request.topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map((partition) => ({
      partitionIndex: partition.partitionIndex,
      errorCode: refusal === ErrorCode.NONE ? commit(step, request, name, partition) : refusal,
    })),
  }));
  step.answer(ticket, 'txnOffsetCommit', { topics });
}

type Partition = TxnOffsetCommitRequest['topics'][number]['partitions'][number];

function commit(step: Step, request: TxnOffsetCommitRequest, topic: string, partition: Partition): number {
  const value = offsetCommitValue(step, partition);
  if (typeof value === 'number') return value;
  const { producerId, producerEpoch, groupId } = request;
  const { partitionIndex } = partition;
  step.records.push({
    type: 'pendingOffset',
    producerId,
    producerEpoch,
    groupId,
    topic,
    partition: partitionIndex,
    value,
  });
  return ErrorCode.NONE;
}

function validateCommit(step: Step, request: TxnOffsetCommitRequest): number {
  const { groupId, memberId, groupInstanceId, generationId } = request;
  const consumerGroup = step.consumerGroup(groupId);
  if (consumerGroup !== undefined) return validateForConsumerGroup(step, request, consumerGroup);
  const group = step.group(groupId);
  // Whoever keeps offsets without being a member makes a simple group.
  if (group === undefined) {
    if (generationId >= 0) return ErrorCode.ILLEGAL_GENERATION;
    return isStorable(groupId) ? ErrorCode.NONE : ErrorCode.INVALID_GROUP_ID;
  }
  if (generationId < 0 && group.state === 'Empty') return ErrorCode.NONE;
  // Up to version 2 the request does not tell who asks.
  if (generationId < 0 && memberId === '' && groupInstanceId === null) return ErrorCode.NONE;
  const member = validateMember(group, memberId, groupInstanceId);
  if (typeof member === 'number') return member;
  return generationId === group.generationId ? ErrorCode.NONE : ErrorCode.ILLEGAL_GENERATION;
}

/** What would be a stale member epoch elsewhere is an illegal generation here: clients know no other error. */
function validateForConsumerGroup(step: Step, request: TxnOffsetCommitRequest, group: Group): number {
  const { memberId, generationId: memberEpoch, groupInstanceId } = request;
  const isStatic = groupInstanceId !== null;
  const check = checkConsumerCommit(group, { memberId, memberEpoch, version: undefined, isStatic });
  const { topics } = step.environment.image();
  const named = request.topics.map(({ name, partitions }) => ({
    topicId: topics.byName(name)?.id ?? ZERO_UUID,
    partitions,
  }));
  const refusal = typeof check === 'number' ? check : firstRefusal(check, named);
  return refusal === ErrorCode.STALE_MEMBER_EPOCH ? ErrorCode.ILLEGAL_GENERATION : refusal;
}

/** The transaction coordinator has decided: the marker goes into the log, and what it decides with it. */
export function endTransaction(step: Step, ticket: Ticket, { request }: GroupRequest<'endTransaction'>): void {
  step.records.push({ type: 'transactionMarker', ...request });
  step.answer(ticket, 'endTransaction', {});
}

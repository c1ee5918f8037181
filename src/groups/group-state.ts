/** What the log says about groups: the hard state, and the only code that changes it. */
import type { LogPosition, Reading } from '../coordinator/index.ts';
import type { GroupMetadataValue, OffsetCommitValue } from '../wire/messages/logs/index.ts';
import { newConsumerGroup, replayConsumerGroupRecord, type ConsumerGroup } from './consumer-group.ts';
import type { ConsumerGroupRecord } from './consumer-group-records.ts';
import type { GroupRecord } from './group-records.ts';

/**
 * Groups by id. A group is there from its first record until the tombstone of its metadata, or of its epoch where it is a
 * consumer group; its offsets, if it has any, outlive both: they go with the next kind of group that it becomes.
 */
export interface Groups {
  readonly groups: Map<string, GroupState>;
  /** The groups with pending offsets of a producer's open transaction. */
  readonly transactions: Map<number, Set<string>>;
}

/** As it was written, and where: of two commits the one further on in the log counts. */
export type CommittedOffset = Reading<OffsetCommitValue> & { readonly recordOffset: number };

export interface GroupState {
  /** The last generation of a classic group; undefined for one that only ever committed offsets, and a consumer group. */
  metadata: Reading<GroupMetadataValue> | undefined;
  consumer: ConsumerGroup | undefined;
  /** By topic and partition. No topic without a partition. */
  readonly offsets: Offsets;
  /** The same for what open transactions will commit, by producer. No producer without an offset. */
  readonly pending: Map<number, Offsets>;
}

type Offsets = Map<string, Map<number, CommittedOffset>>;

export function replayGroupRecord(hard: Groups, record: GroupRecord, { offset: recordOffset }: LogPosition): void {
  switch (record.type) {
    case 'groupMetadata':
      replayMetadata(hard, record.groupId, record.value);
      return;
    case 'offsetCommit': {
      const { groupId, topic, partition, value } = record;
      if (value === null) removeOffset(hard, groupId, topic, partition);
      else setOffset(groupOf(hard, groupId).offsets, topic, partition, { ...value, recordOffset });
      return;
    }
    case 'pendingOffset': {
      const { groupId, topic, partition, value, producerId } = record;
      const { pending } = groupOf(hard, groupId);
      const offsets = valueOf(pending, producerId, (): Offsets => new Map());
      setOffset(offsets, topic, partition, { ...value, recordOffset });
      valueOf(hard.transactions, producerId, () => new Set()).add(groupId);
      return;
    }
    case 'transactionMarker':
      endTransaction(hard, record.producerId, record.isCommit);
      return;
    default:
      replayConsumerGroup(hard, record);
  }
}

function replayMetadata(hard: Groups, groupId: string, value: Reading<GroupMetadataValue> | null): void {
  if (value !== null) {
    const group = groupOf(hard, groupId);
    group.metadata = value;
    group.consumer = undefined;
    return;
  }
  const group = hard.groups.get(groupId);
  if (group === undefined) return;
  group.metadata = undefined;
  forgetIfNothing(hard, groupId, group);
}

function replayConsumerGroup(hard: Groups, record: ConsumerGroupRecord): void {
  const { groupId } = record;
  if (record.value !== null) {
    const group = groupOf(hard, groupId);
    group.metadata = undefined;
    replayConsumerGroupRecord((group.consumer ??= newConsumerGroup()), record);
    return;
  }
  // A log that was compacted may have tombstones of what is no longer in it.
  const group = hard.groups.get(groupId);
  if (group?.consumer === undefined) return;
  replayConsumerGroupRecord(group.consumer, record);
  if (record.type !== 'consumerGroup') return;
  group.consumer = undefined;
  forgetIfNothing(hard, groupId, group);
}

function forgetIfNothing(hard: Groups, groupId: string, group: GroupState): void {
  if (group.consumer === undefined && group.offsets.size === 0 && group.pending.size === 0) hard.groups.delete(groupId);
}

function groupOf(hard: Groups, groupId: string): GroupState {
  const make = (): GroupState => ({ metadata: undefined, consumer: undefined, offsets: new Map(), pending: new Map() });
  return valueOf(hard.groups, groupId, make);
}

function valueOf<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}

function setOffset(offsets: Offsets, topic: string, partition: number, value: CommittedOffset): void {
  valueOf(offsets, topic, () => new Map<number, CommittedOffset>()).set(partition, value);
}

function deleteOffset(offsets: Offsets, topic: string, partition: number): void {
  const partitions = offsets.get(topic);
  if (partitions?.delete(partition) === true && partitions.size === 0) offsets.delete(topic);
}

/** With what transactions would have made of it. */
function removeOffset(hard: Groups, groupId: string, topic: string, partition: number): void {
  const group = hard.groups.get(groupId);
  if (group === undefined) return;
  deleteOffset(group.offsets, topic, partition);
  for (const [producerId, offsets] of group.pending) {
    deleteOffset(offsets, topic, partition);
    if (offsets.size > 0) continue;
    group.pending.delete(producerId);
    leaveTransaction(hard, producerId, groupId);
  }
}

function leaveTransaction(hard: Groups, producerId: number, groupId: string): void {
  const groups = hard.transactions.get(producerId);
  if (groups?.delete(groupId) === true && groups.size === 0) hard.transactions.delete(producerId);
}

function endTransaction(hard: Groups, producerId: number, isCommit: boolean): void {
  for (const groupId of hard.transactions.get(producerId) ?? []) {
    const group = hard.groups.get(groupId);
    const pending = group?.pending.get(producerId);
    if (group === undefined || pending === undefined) continue;
    group.pending.delete(producerId);
    if (isCommit) commitPending(group, pending);
  }
  hard.transactions.delete(producerId);
}

/** What was committed outside of the transaction after it wrote stays. */
function commitPending(group: GroupState, pending: Offsets): void {
  for (const [topic, partitions] of pending)
    for (const [partition, value] of partitions) {
      const committed = group.offsets.get(topic)?.get(partition);
      if (committed === undefined || committed.recordOffset < value.recordOffset)
        setOffset(group.offsets, topic, partition, value);
    }
}

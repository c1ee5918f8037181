/** What the log says about groups: the hard state, and the only code that changes it. */
import { never } from '../base/index.ts';
import type { LogPosition, Reading } from '../coordinator/index.ts';
import type { GroupMetadataValue, OffsetCommitValue } from '../wire/messages/logs/index.ts';
import type { GroupRecord } from './group-records.ts';

/** Groups by id. A group is there from its first record until the tombstone of its metadata. */
export interface Groups {
  readonly groups: Map<string, GroupState>;
  /** The groups with pending offsets of a producer's open transaction. */
  readonly transactions: Map<number, Set<string>>;
}

/** As it was written, and where: of two commits the one further on in the log counts. */
export type CommittedOffset = Reading<OffsetCommitValue> & { readonly recordOffset: number };

export interface GroupState {
  /** The last generation that was written; undefined for a group that only ever committed offsets. */
  metadata: Reading<GroupMetadataValue> | undefined;
  /** By topic and partition. No topic without a partition. */
  readonly offsets: Offsets;
  /** The same for what open transactions will commit, by producer. No producer without an offset. */
  readonly pending: Map<number, Offsets>;
}

type Offsets = Map<string, Map<number, CommittedOffset>>;

export function replayGroupRecord(hard: Groups, record: GroupRecord, { offset: recordOffset }: LogPosition): void {
  switch (record.type) {
    case 'groupMetadata':
      if (record.value === null) removeGroup(hard, record.groupId);
      else groupOf(hard, record.groupId).metadata = record.value;
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
      never(record);
  }
}

function groupOf(hard: Groups, groupId: string): GroupState {
  return valueOf(hard.groups, groupId, () => ({ metadata: undefined, offsets: new Map(), pending: new Map() }));
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

function removeGroup(hard: Groups, groupId: string): void {
  const group = hard.groups.get(groupId);
  for (const producerId of group?.pending.keys() ?? []) leaveTransaction(hard, producerId, groupId);
  hard.groups.delete(groupId);
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

/** What the log says about groups: the hard state, and the only code that changes it. */
import { never } from '../base/index.ts';
import type { Reading } from '../coordinator/index.ts';
import type { GroupMetadataValue, OffsetCommitValue } from '../wire/messages/logs/index.ts';
import type { GroupRecord } from './group-records.ts';

/** Groups by id. A group is there from its first record until the tombstone of its metadata. */
export interface Groups {
  readonly groups: Map<string, GroupState>;
}

export interface GroupState {
  /** The last generation that was written; undefined for a group that only ever committed offsets. */
  metadata: Reading<GroupMetadataValue> | undefined;
  /** By topic and partition. No topic without a partition. */
  readonly offsets: Map<string, Map<number, Reading<OffsetCommitValue>>>;
}

export function replayGroupRecord(hard: Groups, record: GroupRecord): void {
  switch (record.type) {
    case 'groupMetadata':
      if (record.value === null) hard.groups.delete(record.groupId);
      else groupOf(hard, record.groupId).metadata = record.value;
      return;
    case 'offsetCommit':
      if (record.value === null) removeOffset(hard, record);
      else setOffset(groupOf(hard, record.groupId), record.topic, record.partition, record.value);
      return;
    default:
      never(record);
  }
}

function groupOf(hard: Groups, groupId: string): GroupState {
  let group = hard.groups.get(groupId);
  if (group === undefined) {
    group = { metadata: undefined, offsets: new Map() };
    hard.groups.set(groupId, group);
  }
  return group;
}

function setOffset(group: GroupState, topic: string, partition: number, value: Reading<OffsetCommitValue>): void {
  let partitions = group.offsets.get(topic);
  if (partitions === undefined) {
    partitions = new Map();
    group.offsets.set(topic, partitions);
  }
  partitions.set(partition, value);
}

function removeOffset(hard: Groups, { groupId, topic, partition }: GroupRecord & { type: 'offsetCommit' }): void {
  const group = hard.groups.get(groupId);
  const partitions = group?.offsets.get(topic);
  if (group === undefined || partitions === undefined) return;
  partitions.delete(partition);
  if (partitions.size === 0) group.offsets.delete(topic);
}

/** A consumer group (KIP-848) as the log has it, and what is counted of it; changed by replay alone. */
import type { Reading } from '../coordinator/index.ts';
import type { ConsumerGroupRegularExpressionValue } from '../wire/messages/logs/index.ts';
import {
  isReconciledTo,
  newMember,
  regexOf,
  withAssignment,
  withMetadata,
  type ConsumerMember,
  type OwnedPartitions,
} from './consumer-member.ts';
import { partitionsOf, type TopicPartitions } from './partitions.ts';
import type { ConsumerGroupRecord } from './consumer-group-records.ts';
import { never } from '../base/index.ts';

/** As Kafka shows them. */
export type ConsumerGroupState = 'Empty' | 'Assigning' | 'Reconciling' | 'Stable';

/** How many subscribe to a topic by its name, and how many expressions of the group match it. */
export interface SubscriptionCount {
  readonly byName: number;
  readonly byRegex: number;
}

export interface ConsumerGroup {
  /** Rises with everything that asks for another assignment. */
  groupEpoch: number;
  /** Of the topics that the group reads, as they were when the epoch was written. */
  metadataHash: bigint;
  /** The group epoch for which the target was made; -1 while the group is being deleted. */
  assignmentEpoch: number;
  /** When the target was made, ms; 0 where it isn't known. */
  assignmentTimestampMs: number;
  /** Kafka before 4.2 kept the metadata of the topics in a record of its own. */
  hasPartitionMetadata: boolean;
  readonly members: Map<string, ConsumerMember>;
  /** Member ids by group instance id. */
  readonly staticMembers: Map<string, string>;
  /** What members are to own, by member id. */
  readonly targets: Map<string, TopicPartitions>;
  /** What expressions match, as of when that was last looked up. */
  readonly regexes: Map<string, ConsumerGroupRegularExpressionValue>;

  /** Counted from the above, by topic name. */
  readonly subscriptions: Map<string, SubscriptionCount>;
  /** Members per expression. */
  readonly regexSubscribers: Map<string, number>;
  /** Members per assignor asked for. */
  readonly assignors: Map<string, number>;
  /** Members of the classic protocol per protocol that they support, and how many they are. */
  readonly classicProtocols: Map<string, number>;
  classicMembers: number;
  /** How many members have a partition, by topic id; those that are yet to give it up are among them. */
  readonly owners: Map<string, Map<number, number>>;
}

export type Group = Reading<ConsumerGroup>;

export function newConsumerGroup(): ConsumerGroup {
  return {
    groupEpoch: 1,
    metadataHash: 0n,
    assignmentEpoch: 1,
    assignmentTimestampMs: 0,
    hasPartitionMetadata: false,
    members: new Map(),
    staticMembers: new Map(),
    targets: new Map(),
    regexes: new Map(),
    subscriptions: new Map(),
    regexSubscribers: new Map(),
    assignors: new Map(),
    classicProtocols: new Map(),
    classicMembers: 0,
    owners: new Map(),
  };
}

export function stateOf(group: Group): ConsumerGroupState {
  if (group.members.size === 0) return 'Empty';
  if (group.groupEpoch > group.assignmentEpoch) return 'Assigning';
  for (const member of group.members.values()) {
    if (!isReconciledTo(member, group.assignmentEpoch)) return 'Reconciling';
  }
  return 'Stable';
}

export function isOwned(group: Group, topicId: string, partition: number): boolean {
  return group.owners.get(topicId)?.has(partition) === true;
}

/** The group after these records, while the one in the log is as it was. */
export function groupWith(group: Group, records: readonly ConsumerGroupRecord[]): ConsumerGroup {
  const copy = newConsumerGroup();
  Object.assign(copy, {
    groupEpoch: group.groupEpoch,
    metadataHash: group.metadataHash,
    assignmentEpoch: group.assignmentEpoch,
    assignmentTimestampMs: group.assignmentTimestampMs,
    hasPartitionMetadata: group.hasPartitionMetadata,
  });
  for (const [regex, value] of group.regexes) setRegex(copy, regex, value as ConsumerGroupRegularExpressionValue);
  for (const member of group.members.values()) setMember(copy, member as ConsumerMember);
  for (const [memberId, target] of group.targets) copy.targets.set(memberId, target as TopicPartitions);
  for (const record of records) replayConsumerGroupRecord(copy, record);
  return copy;
}

/** The only code that changes a group of the log. */
export function replayConsumerGroupRecord(group: ConsumerGroup, record: ConsumerGroupRecord): void {
  switch (record.type) {
    case 'consumerGroup':
      group.groupEpoch = record.value?.epoch ?? group.groupEpoch;
      group.metadataHash = record.value?.metadataHash ?? group.metadataHash;
      return;
    case 'consumerGroupPartitionMetadata':
      group.hasPartitionMetadata = record.value !== null;
      return;
    case 'consumerGroupMember': {
      const member = group.members.get(record.memberId);
      if (record.value !== null) setMember(group, withMetadata(member ?? newMember(record.memberId), record.value));
      else if (member !== undefined) removeMember(group, member);
      return;
    }
    case 'consumerGroupTarget':
      group.assignmentEpoch = record.value?.assignmentEpoch ?? -1;
      group.assignmentTimestampMs = record.value?.assignmentTimestamp ?? 0;
      return;
    case 'consumerGroupMemberTarget':
      if (record.value === null) group.targets.delete(record.memberId);
      else group.targets.set(record.memberId, partitionsOf(record.value.topicPartitions));
      return;
    case 'consumerGroupMemberAssignment': {
      const member = group.members.get(record.memberId);
      if (record.value !== null) setMember(group, withAssignment(member ?? newMember(record.memberId), record.value));
      else if (member !== undefined) setMember(group, withAssignment(member, null));
      return;
    }
    case 'consumerGroupRegex':
      setRegex(group, record.regex, record.value as ConsumerGroupRegularExpressionValue | null);
      return;
    default:
      never(record);
  }
}

function setMember(group: ConsumerGroup, member: ConsumerMember): void {
  const before = group.members.get(member.memberId);
  if (before !== undefined) countMember(group, before, -1);
  countMember(group, member, 1);
  group.members.set(member.memberId, member);
  if (member.instanceId !== null) group.staticMembers.set(member.instanceId, member.memberId);
}

function removeMember(group: ConsumerGroup, member: ConsumerMember): void {
  countMember(group, member, -1);
  group.members.delete(member.memberId);
  const { instanceId, memberId } = member;
  if (instanceId !== null && group.staticMembers.get(instanceId) === memberId) group.staticMembers.delete(instanceId);
}

function setRegex(group: ConsumerGroup, regex: string, value: ConsumerGroupRegularExpressionValue | null): void {
  countTopics(group.subscriptions, group.regexes.get(regex)?.topics ?? [], { byName: 0, byRegex: -1 });
  if (value === null) {
    group.regexes.delete(regex);
    return;
  }
  group.regexes.set(regex, value);
  countTopics(group.subscriptions, value.topics, { byName: 0, byRegex: 1 });
}

function countMember(group: ConsumerGroup, member: ConsumerMember, change: 1 | -1): void {
  countTopics(group.subscriptions, member.subscribedTopicNames, { byName: change, byRegex: 0 });
  const regex = regexOf(member);
  if (regex !== undefined) count(group.regexSubscribers, regex, change);
  if (member.serverAssignor !== null) count(group.assignors, member.serverAssignor, change);
  if (member.classic !== null) group.classicMembers += change;
  for (const { name } of member.classic?.supportedProtocols ?? []) count(group.classicProtocols, name, change);
  countOwned(group, member.assigned, change);
  countOwned(group, member.pendingRevocation, change);
}

function countOwned(group: ConsumerGroup, owned: OwnedPartitions, change: 1 | -1): void {
  for (const [topicId, partitions] of owned) {
    let owners = group.owners.get(topicId);
    if (owners === undefined) {
      owners = new Map();
      group.owners.set(topicId, owners);
    }
    for (const partition of partitions.keys()) count(owners, partition, change);
    if (owners.size === 0) group.owners.delete(topicId);
  }
}

/** Adds `change` to the count of a key; what comes to nothing is gone. */
export function count<K>(counts: Map<K, number>, key: K, change: number): void {
  const after = (counts.get(key) ?? 0) + change;
  if (after === 0) counts.delete(key);
  else counts.set(key, after);
}

export function countTopics(
  counts: Map<string, SubscriptionCount>,
  topics: readonly string[],
  { byName, byRegex }: SubscriptionCount,
): void {
  for (const topic of topics) {
    const before = counts.get(topic);
    const after = { byName: (before?.byName ?? 0) + byName, byRegex: (before?.byRegex ?? 0) + byRegex };
    if (after.byName === 0 && after.byRegex === 0) counts.delete(topic);
    else counts.set(topic, after);
  }
}

/** Members leave a consumer group, or are taken out of it (GroupMetadataManager.consumerGroupFenceMembers). */
import { count, countTopics, type Group } from './consumer-group.ts';
import { groupRecord, memberTombstones, regexTombstone } from './consumer-group-records.ts';
import { regexOf, type Member } from './consumer-member.ts';
import { unwatchMember } from './consumer-watch.ts';
import { downgrade, mayDowngrade } from './downgrading.ts';
import { GroupChange } from './group-change.ts';
import { metadataHash } from './metadata-hash.ts';
import type { ConsumerGroupDue, Step } from './step.ts';

export function fenceMembers(
  step: Step,
  change: GroupChange,
  { groupId, group, leaving }: { groupId: string; group: Group; leaving: readonly Member[] },
): void {
  if (leaving.length === 0) return;
  const leavingIds = new Set(leaving.map(({ memberId }) => memberId));
  const left = [...group.members.values()].filter(({ memberId }) => !leavingIds.has(memberId));
  if (mayDowngrade(step, left) && downgrade(step, change, { groupId, group, members: left, rebalance: true })) return;
  for (const memberId of leavingIds) change.write(...memberTombstones(groupId, memberId));
  const subscriptions = new Map(group.subscriptions);
  for (const { subscribedTopicNames } of leaving)
    countTopics(subscriptions, subscribedTopicNames, { byName: -1, byRegex: 0 });
  for (const regex of regexesOnlyOf(group, leaving)) {
    change.write(regexTombstone(groupId, regex));
    countTopics(subscriptions, group.regexes.get(regex)?.topics ?? [], { byName: 0, byRegex: -1 });
  }
  const hash = metadataHash(subscriptions.keys(), step.environment.image());
  change.write(groupRecord(groupId, group.groupEpoch + 1, hash));
  change.then(() => {
    for (const memberId of leavingIds) unwatchMember(step, groupId, memberId);
  });
}

function regexesOnlyOf(group: Group, members: readonly Member[]): string[] {
  const subscribers = new Map<string, number>();
  for (const member of members) {
    const regex = regexOf(member);
    if (regex !== undefined) count(subscribers, regex, 1);
  }
  return [...subscribers].filter(([regex, n]) => group.regexSubscribers.get(regex) === n).map(([regex]) => regex);
}

/** Its time is over: its session, or what it was given to revoke, join or sync. */
export function memberDue(
  step: Step,
  due: Extract<ConsumerGroupDue, { kind: 'consumerMember' | 'consumerRebalance' }>,
): void {
  const { groupId, memberId } = due;
  const group = step.consumerGroup(groupId);
  const member = group?.members.get(memberId);
  if (group === undefined || member === undefined) return;
  // It has moved on since: what it owes now has a time of its own.
  if (due.kind === 'consumerRebalance' && member.memberEpoch !== due.watch.rebalanceEpoch) return;
  const change = new GroupChange();
  fenceMembers(step, change, { groupId, group, leaving: [member] });
  change.apply(step);
}

/** What the members of a consumer group subscribe to, taken together; and the epoch that rises when it changes. */
import { count, countTopics, type Group, type SubscriptionCount } from './consumer-group.ts';
import { groupRecord } from './consumer-group-records.ts';
import { regexOf, type Member } from './consumer-member.ts';
import { groupWatch } from './consumer-watch.ts';
import type { GroupChange } from './group-change.ts';
import { metadataHash } from './metadata-hash.ts';
import type { Step } from './step.ts';

/** The group's epoch after a step, and whether all members subscribe to the same topics then. */
export interface Subscriptions {
  readonly groupEpoch: number;
  readonly isHomogeneous: boolean;
}

/** A member before and after what it asks for now. */
export interface MemberUpdate {
  readonly before: Member;
  readonly after: Member;
}

export function currentSubscriptions(group: Group): Subscriptions {
  const { groupEpoch, regexSubscribers, subscriptions, members } = group;
  return {
    groupEpoch,
    // Nobody asks, but for an assignment that had to wait for its interval.
    get isHomogeneous() {
      return isHomogeneous(regexSubscribers, subscriptions, members.size);
    },
  };
}

/** Whether topics changed since the group's hash was made of them, as far as this coordinator knows. */
export function mayHaveOtherTopics(step: Step, groupId: string): boolean {
  return step.soft.consumer.get(groupId)?.topics !== step.environment.image().topics;
}

/**
 * Raises the group's epoch if the member's subscription changed, or the topics that the group reads did
 * (GroupMetadataManager.updateSubscriptionMetadata).
 */
export function updateSubscriptions(
  step: Step,
  change: GroupChange,
  { groupId, group, update, hasChanged }: { groupId: string; group: Group; update: MemberUpdate; hasChanged: boolean },
): Subscriptions {
  const { before, after } = update;
  const image = step.environment.image();
  const subscriptions = subscriptionsWith(group, update);
  const hash = metadataHash(subscriptions.keys(), image);
  const isNew = !group.members.has(after.memberId) && !group.staticMembers.has(after.instanceId ?? '');
  let { groupEpoch } = group;
  if (hasChanged || hash !== group.metadataHash) change.write(groupRecord(groupId, ++groupEpoch, hash));
  change.then(() => (groupWatch(step, groupId).topics = image.topics));
  if (group.hasPartitionMetadata) change.write({ type: 'consumerGroupPartitionMetadata', groupId, value: null });
  return {
    groupEpoch,
    isHomogeneous: isHomogeneous(
      regexesWith(group, before, after),
      subscriptions,
      group.members.size + (isNew ? 1 : 0),
    ),
  };
}

function subscriptionsWith(group: Group, { before, after }: MemberUpdate): Map<string, SubscriptionCount> {
  const counts = new Map(group.subscriptions);
  countTopics(counts, before.subscribedTopicNames, { byName: -1, byRegex: 0 });
  countTopics(counts, after.subscribedTopicNames, { byName: 1, byRegex: 0 });
  const regex = regexOf(before);
  if (regex !== undefined && regex !== regexOf(after) && group.regexSubscribers.get(regex) === 1)
    countTopics(counts, group.regexes.get(regex)?.topics ?? [], { byName: 0, byRegex: -1 });
  return counts;
}

export function regexesWith(group: Group, before: Member, after: Member): Map<string, number> {
  const counts = new Map(group.regexSubscribers);
  for (const [member, change] of [[before, -1] as const, [after, 1] as const]) {
    const regex = regexOf(member);
    if (regex !== undefined && regexOf(before) !== regexOf(after)) count(counts, regex, change);
  }
  return counts;
}

/** By name only, all of them; or by one expression only, all of them. */
function isHomogeneous(
  regexes: ReadonlyMap<string, number>,
  subscriptions: ReadonlyMap<string, SubscriptionCount>,
  memberCount: number,
): boolean {
  const [subscribers] = regexes.values();
  const counts = [...subscriptions.values()];
  if (subscribers === undefined) return counts.every(({ byName }) => byName === memberCount);
  return subscribers === memberCount && counts.every(({ byName, byRegex }) => byRegex === 1 && byName <= 0);
}

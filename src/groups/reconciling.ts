/**
 * From what a member owns to what it is to own, in two phases (CurrentAssignmentBuilder): it gives up what is no longer
 * its own before its epoch moves on, and gets what is new when those who had it have given it up.
 */
import type { Reading } from '../coordinator/index.ts';
import { ErrorCode } from '../wire/index.ts';
import { isOwned, type Group } from './consumer-group.ts';
import { memberAssignmentRecord } from './consumer-group-records.ts';
import { isReconciledTo, MemberState, type Member, type OwnedPartitions } from './consumer-member.ts';
import { unwatchRevocation, watchRevocation } from './consumer-watch.ts';
import type { GroupChange } from './group-change.ts';
import type { ListedPartitions } from './partitions.ts';
import { Refusal } from './refusal.ts';
import type { Step } from './step.ts';
import { subscribedTopicsOf } from './subscribed-topics.ts';
import type { Target } from './target-assignment.ts';

type Owned = Reading<OwnedPartitions>;

const NO_PARTITIONS: ReadonlyMap<number, number> = new Map();

export interface Reconciling {
  readonly groupId: string;
  readonly group: Group;
  readonly member: Member;
  readonly target: Target;
  readonly hasSubscriptionChanged: boolean;
  /** What the member says it owns; null: as it said last. */
  readonly reported: readonly ListedPartitions[] | null;
}

/** The member as it is from now on; what changed of it is written. */
export function reconcile(step: Step, change: GroupChange, reconciling: Reconciling): Member | Refusal {
  const { groupId, member, target, hasSubscriptionChanged } = reconciling;
  if (!hasSubscriptionChanged && isReconciledTo(member, target.epoch)) return member;
  const after = nextOf(step, reconciling);
  if (after instanceof Refusal || after === member || isSame(after, member)) return after;
  change.write(memberAssignmentRecord(groupId, after));
  // Those of the classic protocol are watched by their own deadlines.
  if (after.classic === null) {
    const mustRevoke = after.state === MemberState.unrevokedPartitions;
    change.then(() =>
      mustRevoke ? watchRevocation(step, groupId, after) : unwatchRevocation(step, groupId, after.memberId),
    );
  }
  return after;
}

function nextOf(step: Step, reconciling: Reconciling): Member | Refusal {
  const { member, target, hasSubscriptionChanged, reported } = reconciling;
  switch (member.state) {
    case MemberState.stable:
      if (member.memberEpoch !== target.epoch) return approach(step, reconciling, member.memberEpoch);
      return hasSubscriptionChanged ? withoutUnsubscribed(step, reconciling) : member;
    case MemberState.unrevokedPartitions:
      if (!mayOwn(reported, member.pendingRevocation)) return approach(step, reconciling, member.memberEpoch);
      return hasSubscriptionChanged ? withoutUnsubscribed(step, reconciling) : member;
    case MemberState.unreleasedPartitions:
      return approach(step, reconciling, member.memberEpoch);
    default:
      // A later release knew more states.
      if (reported === null || reported.length > 0)
        return new Refusal(
          ErrorCode.FENCED_MEMBER_EPOCH,
          'The consumer group member is in a unknown state. The member must abandon all its partitions and rejoin.',
        );
      return approach(step, reconciling, target.epoch);
  }
}

/** Whether the member may still own some of these: it does not say, or says so. */
function mayOwn(reported: readonly ListedPartitions[] | null, owned: Owned): boolean {
  if (reported === null) return true;
  return reported.some(({ topicId, partitions }) => {
    const there = owned.get(topicId);
    return there !== undefined && partitions.some((partition) => there.has(partition));
  });
}

function subscribedIds(step: Step, { member, group }: Reconciling): ReadonlySet<string> {
  const { topics } = step.environment.image();
  return new Set(subscribedTopicsOf(member, group.regexes, topics).map(({ id }) => id));
}

/** Whatever the target will be, what it does not subscribe to any more it is to give up at once. */
function withoutUnsubscribed(step: Step, reconciling: Reconciling): Member {
  const { member, reported } = reconciling;
  const subscribed = subscribedIds(step, reconciling);
  const assigned = new Map<string, ReadonlyMap<number, number>>();
  const pending = new Map<string, ReadonlyMap<number, number>>(member.pendingRevocation);
  for (const [topicId, partitions] of member.assigned) {
    if (subscribed.has(topicId)) assigned.set(topicId, partitions);
    else pending.set(topicId, new Map([...(pending.get(topicId) ?? NO_PARTITIONS), ...partitions]));
  }
  if (assigned.size === member.assigned.size) return member;
  const after = { ...member, previousMemberEpoch: member.memberEpoch, assigned };
  if (!mayOwn(reported, pending)) return after;
  return { ...after, state: MemberState.unrevokedPartitions, pendingRevocation: pending };
}

/** One step towards the target: give up first, then come to its epoch with what is free. */
function approach(step: Step, reconciling: Reconciling, memberEpoch: number): Member {
  const { group, member, target, reported } = reconciling;
  const subscribed = subscribedIds(step, reconciling);
  const assigned = new Map<string, Map<number, number>>();
  const toRevoke = new Map<string, Map<number, number>>();
  const free: [topicId: string, partition: number][] = [];
  let hasUnreleased = false;
  for (const topicId of new Set([...target.partitions.keys(), ...member.assigned.keys()])) {
    const wanted = subscribed.has(topicId) ? target.partitions.get(topicId) : undefined;
    const owned = member.assigned.get(topicId) ?? NO_PARTITIONS;
    for (const [partition, epoch] of owned)
      put(wanted?.has(partition) ? assigned : toRevoke, topicId, partition, epoch);
    for (const partition of wanted ?? []) {
      if (owned.has(partition)) continue;
      // Its own, which it was about to give up, it may have back.
      const isReleased =
        !isOwned(group, topicId, partition) || member.pendingRevocation.get(topicId)?.has(partition) === true;
      if (isReleased) free.push([topicId, partition]);
      else hasUnreleased = true;
    }
  }
  if (toRevoke.size > 0 && mayOwn(reported, toRevoke)) {
    return {
      ...member,
      state: MemberState.unrevokedPartitions,
      memberEpoch,
      previousMemberEpoch: member.memberEpoch,
      assigned,
      pendingRevocation: toRevoke,
    };
  }
  for (const [topicId, partition] of free) put(assigned, topicId, partition, target.epoch);
  return {
    ...member,
    state: hasUnreleased ? MemberState.unreleasedPartitions : MemberState.stable,
    memberEpoch: target.epoch,
    previousMemberEpoch: member.memberEpoch,
    assigned,
    pendingRevocation: new Map(),
  };
}

function put(owned: OwnedPartitions, topicId: string, partition: number, epoch: number): void {
  const partitions = owned.get(topicId);
  if (partitions === undefined) owned.set(topicId, new Map([[partition, epoch]]));
  else partitions.set(partition, epoch);
}

function isSame(a: Member, b: Member): boolean {
  return (
    a.state === b.state &&
    a.memberEpoch === b.memberEpoch &&
    a.previousMemberEpoch === b.previousMemberEpoch &&
    isSameOwned(a.assigned, b.assigned) &&
    isSameOwned(a.pendingRevocation, b.pendingRevocation)
  );
}

/** The same partitions, each since the same epoch. */
export function isSameOwned(a: Owned, b: Owned): boolean {
  if (a.size !== b.size) return false;
  for (const [topicId, partitions] of a) {
    const others = b.get(topicId);
    if (others?.size !== partitions.size) return false;
    for (const [partition, epoch] of partitions) if (others.get(partition) !== epoch) return false;
  }
  return true;
}

/** What the members of a consumer group are to own (TargetAssignmentBuilder). */
import { inHashMapOrder, javaHashCode, type Reading } from '../coordinator/index.ts';
import { range } from './assignors/range.ts';
import { uniform } from './assignors/uniform.ts';
import type { AssignedMember, Assignor } from './assignors/assignor.ts';
import { count, type Group } from './consumer-group.ts';
import { memberTargetRecord, targetRecord } from './consumer-group-records.ts';
import type { Member } from './consumer-member.ts';
import type { MemberUpdate, Subscriptions } from './consumer-subscriptions.ts';
import type { GroupChange } from './group-change.ts';
import type { AssignorName } from './group-requests.ts';
import { isSamePartitions, type TopicPartitions } from './partitions.ts';
import type { Step } from './step.ts';
import { subscribedTopicsOf } from './subscribed-topics.ts';

const ASSIGNORS: Readonly<Record<AssignorName, Assignor>> = { uniform, range };
const NOTHING: Reading<TopicPartitions> = new Map<string, Set<number>>();

/** What one member is to own, and since which epoch. */
export interface Target {
  readonly epoch: number;
  readonly partitions: Reading<TopicPartitions>;
}

export function currentTarget(group: Group, memberId: string): Target {
  return { epoch: group.assignmentEpoch, partitions: group.targets.get(memberId) ?? NOTHING };
}

/**
 * Assigns anew if the group's epoch has risen beyond that of the last assignment; not more often than the group's
 * assignment interval allows: a later heartbeat will do it then.
 */
export function updateTarget(
  step: Step,
  change: GroupChange,
  {
    groupId,
    group,
    update,
    subscriptions,
  }: { groupId: string; group: Group; update: MemberUpdate; subscriptions: Subscriptions },
): Target {
  const { after } = update;
  const { groupEpoch } = subscriptions;
  if (group.assignmentEpoch >= groupEpoch || !mayAssign(step, groupId, group))
    return currentTarget(group, after.memberId);
  const members = new Map([...group.members, [after.memberId, after]]);
  const { topics } = step.environment.image();
  const assign = ASSIGNORS[preferredAssignor(step, group, update)];
  const assignment = assign({
    members: inHashMapOrder(members.values(), ({ memberId }) => javaHashCode(memberId)).map((member) =>
      assignedMember(member),
    ),
    isHomogeneous: subscriptions.isHomogeneous,
    partitionCount: (topicId) => topics.byId(topicId)?.partitions.length ?? 0,
  });
  for (const memberId of members.keys()) {
    const target = assignment.get(memberId) ?? NOTHING;
    const before = group.targets.get(memberId);
    if (before === undefined || !isSamePartitions(before, target))
      change.write(memberTargetRecord(groupId, memberId, target));
  }
  change.write(targetRecord(groupId, groupEpoch, step.now));
  return { epoch: groupEpoch, partitions: assignment.get(after.memberId) ?? NOTHING };

  function assignedMember(member: Member): AssignedMember {
    const { memberId, instanceId, rackId } = member;
    return {
      memberId,
      instanceId,
      rackId,
      topicIds: subscribedTopicsOf(member, group.regexes, topics).map(({ id }) => id),
      assignment: group.targets.get(memberId) ?? NOTHING,
    };
  }
}

function mayAssign(step: Step, groupId: string, { assignmentTimestampMs }: Group): boolean {
  if (assignmentTimestampMs === 0) return true;
  return step.now >= assignmentTimestampMs + step.config.consumer.assignmentIntervalMs(groupId);
}

/** The assignor that most members ask for; who asks for none goes with the others. */
function preferredAssignor(step: Step, group: Group, { before, after }: MemberUpdate): AssignorName {
  const votes = new Map(group.assignors);
  if (before.serverAssignor !== null) count(votes, before.serverAssignor, -1);
  if (after.serverAssignor !== null) count(votes, after.serverAssignor, 1);
  return mostWanted(step, votes);
}

/** The assignor of a group with these votes. Where they are equal, the order of Java's map decides in Kafka. */
export function mostWanted(step: Step, votes: ReadonlyMap<string, number>): AssignorName {
  const { assignors } = step.config.consumer;
  let best: AssignorName | undefined;
  for (const name of inHashMapOrder(votes.keys(), javaHashCode)) {
    const assignor = assignors.find((each) => each === name);
    if (assignor === undefined) continue;
    if (best === undefined || (votes.get(name) ?? 0) > (votes.get(best) ?? 0)) best = assignor;
  }
  return best ?? assignors[0] ?? 'uniform';
}

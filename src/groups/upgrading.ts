/** A classic group of consumers becomes a consumer group, with its members in it (ConsumerGroup.fromClassicGroup). */
import { ErrorCode } from '../wire/index.ts';
import { answerJoin, refuseAssignment, refusedJoin } from './answers.ts';
import type { ClassicGroup, Member as ClassicMember } from './classic-group.ts';
import { groupWith, newConsumerGroup, type ConsumerGroup } from './consumer-group.ts';
import {
  groupRecord,
  memberAssignmentRecord,
  memberRecord,
  memberTargetRecord,
  targetRecord,
  type ConsumerGroupRecord,
} from './consumer-group-records.ts';
import { MemberState, newMember, subscriptionTo, type ConsumerMember } from './consumer-member.ts';
import { assignmentIn, byTopicId, subscriptionIn } from './consumer-protocol.ts';
import { watchMember } from './consumer-watch.ts';
import type { GroupChange } from './group-change.ts';
import { metadataHash } from './metadata-hash.ts';
import { partitionsOf } from './partitions.ts';
import { Refusal } from './refusal.ts';
import type { Step } from './step.ts';

/** The group as it will be. */
export function upgrade(step: Step, change: GroupChange, classic: ClassicGroup): ConsumerGroup | Refusal {
  const refused = refusalOf(step, classic);
  if (refused !== undefined) return refused;
  const members = [];
  for (const member of classic.members.values()) {
    const converted = convert(step, classic, member);
    if (converted instanceof Refusal) return converted;
    members.push(converted);
  }
  const { groupId, generationId } = classic;
  const topicNames = members.flatMap(({ subscribedTopicNames }) => subscribedTopicNames);
  const records: ConsumerGroupRecord[] = [
    ...members.map((member) => memberRecord(groupId, member)),
    groupRecord(groupId, generationId, metadataHash(topicNames, step.environment.image())),
    ...members.map(({ memberId, assigned }) =>
      memberTargetRecord(
        groupId,
        memberId,
        new Map([...assigned].map(([topicId, partitions]) => [topicId, new Set(partitions.keys())])),
      ),
    ),
    targetRecord(groupId, generationId, 0),
    ...members.map((member) => memberAssignmentRecord(groupId, member)),
  ];
  change.write({ type: 'groupMetadata', groupId, value: null }, ...records);
  change.then(() => letGo(step, classic));
  return groupWith(newConsumerGroup(), records);
}

function refusalOf(step: Step, classic: ClassicGroup): Refusal | undefined {
  const refuse = (why: string): Refusal =>
    new Refusal(
      ErrorCode.GROUP_ID_NOT_FOUND,
      `Cannot upgrade classic group ${classic.groupId} to consumer group because ${why}.`,
    );
  const { migration, maxSize } = step.config.consumer;
  if (!migration.upgrade) return refuse('online upgrade is disabled');
  if (!classic.usesConsumerProtocol) return refuse('the group does not use the consumer embedded protocol');
  if (classic.members.size > maxSize) return refuse('the group size exceeds the consumer group maximum size');
  return undefined;
}

function convert(step: Step, classic: ClassicGroup, member: ClassicMember): ConsumerMember | Refusal {
  const { groupId, generationId } = classic;
  const { topics } = step.environment.image();
  const subscription = subscriptionIn(classic.metadataOf(member));
  const assignment = member.assignment.length === 0 ? { assignedPartitions: [] } : assignmentIn(member.assignment);
  if (subscription === undefined || assignment === undefined)
    return new Refusal(
      ErrorCode.GROUP_ID_NOT_FOUND,
      `Cannot upgrade classic group ${groupId} to consumer group because the embedded consumer protocol is malformed.`,
    );
  if ('userData' in assignment && (assignment.userData?.length ?? 0) > 0)
    return new Refusal(
      ErrorCode.GROUP_ID_NOT_FOUND,
      `Cannot upgrade classic group ${groupId} to consumer group because an unsupported custom assignor is in use. ` +
        'Please refer to the documentation or switch to a default assignor before re-attempting the upgrade.',
    );
  return {
    ...newMember(member.memberId),
    memberEpoch: generationId,
    previousMemberEpoch: generationId,
    state: MemberState.stable,
    instanceId: member.groupInstanceId,
    rackId: subscription.rackId === '' ? null : subscription.rackId,
    rebalanceTimeoutMs: member.rebalanceTimeoutMs,
    clientId: member.clientId,
    clientHost: member.clientHost,
    subscribedTopicNames: subscriptionTo(subscription.topics),
    assigned: new Map(
      [...partitionsOf(byTopicId(assignment.assignedPartitions, topics))].map(([topicId, partitions]) => [
        topicId,
        new Map([...partitions].map((partition) => [partition, generationId])),
      ]),
    ),
    classic: {
      sessionTimeoutMs: member.sessionTimeoutMs,
      supportedProtocols: member.protocols.map(({ name, metadata }) => ({ name, metadata })),
    },
  };
}

/** Whoever waits is to join again; everyone's session goes on as one of the consumer group. */
function letGo(step: Step, classic: ClassicGroup): void {
  const { deadlines } = step.soft;
  deadlines.cancel(classic.joinDeadline);
  deadlines.cancel(classic.syncDeadline);
  for (const member of classic.members.values()) {
    deadlines.cancel(member.session);
    answerJoin(step, classic, member, refusedJoin(ErrorCode.REBALANCE_IN_PROGRESS, member.memberId));
    refuseAssignment(step, member, ErrorCode.REBALANCE_IN_PROGRESS);
    watchMember(step, classic.groupId, member.memberId, member.sessionTimeoutMs);
  }
  step.letGo(classic.groupId);
}

/** ConsumerGroupHeartbeat 0-1 (KIP-848; GroupMetadataManager.consumerGroupHeartbeat): all that a member ever says. */
import { randomUuid } from '../base/index.ts';
import type { Ticket } from '../coordinator/index.ts';
import { ErrorCode } from '../wire/index.ts';
import type { ConsumerGroupHeartbeatRequest } from '../wire/messages/index.ts';
import { memberAssignmentRecord } from './consumer-group-records.ts';
import { AWAY_EPOCH, LEAVING_EPOCH, subscriptionTo, type ConsumerMember, type Member } from './consumer-member.ts';
import { updateRegexes } from './consumer-regexes.ts';
import {
  consumerGroupFor,
  existingConsumerGroup,
  refusalIfFenced,
  refusalIfFull,
  seatOf,
  staticMember,
  unknownMember,
} from './consumer-seats.ts';
import { currentSubscriptions, mayHaveOtherTopics, updateSubscriptions } from './consumer-subscriptions.ts';
import { writeMember } from './consumer-update.ts';
import { watchMember } from './consumer-watch.ts';
import { fenceMembers } from './fencing.ts';
import { GroupChange } from './group-change.ts';
import type { GroupApis, GroupRequest, RequestContext } from './group-requests.ts';
import { listPartitions } from './partitions.ts';
import { isSameOwned, reconcile } from './reconciling.ts';
import { Refusal } from './refusal.ts';
import { areStorable, isStorable } from './storable.ts';
import type { Step } from './step.ts';
import { updateTarget } from './target-assignment.ts';

type Response = GroupApis['consumerGroupHeartbeat']['response'];

/** From here on clients make their member ids themselves. */
const FIRST_WITH_CLIENT_MADE_IDS = 1;
/** As Kafka says when it fails to write a record. */
const TOO_LARGE = new Refusal(ErrorCode.UNKNOWN_SERVER_ERROR, 'What the member says is too large to be kept.');
const JOINING_EPOCH = 0;
/** Of `rebalanceTimeoutMs`: as said before. */
const AS_BEFORE = -1;

export function consumerGroupHeartbeat(
  step: Step,
  ticket: Ticket,
  { request, context }: GroupRequest<'consumerGroupHeartbeat'>,
): void {
  const change = new GroupChange();
  const outcome = answerTo(step, change, request, context);
  if (outcome instanceof Refusal) {
    const { errorCode, errorMessage } = outcome;
    const response = { errorCode, errorMessage, memberEpoch: 0, heartbeatIntervalMs: 0 };
    step.answer(ticket, 'consumerGroupHeartbeat', response);
    return;
  }
  change.apply(step);
  step.answer(ticket, 'consumerGroupHeartbeat', outcome);
}

function answerTo(
  step: Step,
  change: GroupChange,
  request: ConsumerGroupHeartbeatRequest,
  context: RequestContext,
): Response | Refusal {
  const invalid = validate(step, request, context.version);
  if (invalid !== undefined) return invalid;
  if (request.memberEpoch === LEAVING_EPOCH || request.memberEpoch === AWAY_EPOCH) return leave(step, change, request);
  return keep(step, change, request, context);
}

/** What GroupCoordinatorService checks before it looks at the group. */
function validate(step: Step, request: ConsumerGroupHeartbeatRequest, version: number): Refusal | undefined {
  const { memberId, memberEpoch, groupId, instanceId, rackId, serverAssignor } = request;
  const invalid = (why: string): Refusal => new Refusal(ErrorCode.INVALID_REQUEST, why);
  const isBlank = (text: string | null): boolean => text !== null && text.trim() === '';
  const needsId = version >= FIRST_WITH_CLIENT_MADE_IDS || memberEpoch > 0 || memberEpoch === LEAVING_EPOCH;
  if (needsId && isBlank(memberId)) return invalid("MemberId can't be empty.");
  if (isBlank(groupId)) return invalid("GroupId can't be empty.");
  if (isBlank(instanceId)) return invalid("InstanceId can't be empty.");
  if (isBlank(rackId)) return invalid("RackId can't be empty.");
  if (memberEpoch === JOINING_EPOCH) {
    if (request.rebalanceTimeoutMs === AS_BEFORE)
      return invalid('RebalanceTimeoutMs must be provided in first request.');
    if (request.topicPartitions?.length !== 0) return invalid('TopicPartitions must be empty when (re-)joining.');
    if (request.subscribedTopicNames === null && request.subscribedTopicRegex === null)
      return invalid('Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining.');
  } else if (memberEpoch === AWAY_EPOCH) {
    if (instanceId === null) return invalid("InstanceId can't be null.");
  } else if (memberEpoch < AWAY_EPOCH) return invalid('MemberEpoch is invalid.');
  const { assignors } = step.config.consumer;
  if (serverAssignor !== null && !assignors.some((each) => each === serverAssignor))
    return new Refusal(
      ErrorCode.UNSUPPORTED_ASSIGNOR,
      `ServerAssignor ${serverAssignor} is not supported. Supported assignors: ${[...assignors].sort().join(', ')}.`,
    );
  const keys = [groupId, memberId, request.subscribedTopicRegex ?? ''];
  return keys.every(isStorable) ? undefined : TOO_LARGE;
}

function keep(
  step: Step,
  change: GroupChange,
  request: ConsumerGroupHeartbeatRequest,
  context: RequestContext,
): Response | Refusal {
  const { groupId, instanceId, memberEpoch } = request;
  const isJoining = memberEpoch === JOINING_EPOCH;
  const found = consumerGroupFor(step, change, groupId, isJoining);
  if (found instanceof Refusal) return found;
  const full = refusalIfFull(step, found, request.memberId);
  if (full !== undefined) return full;
  const memberId = request.memberId === '' ? randomUuid(step.environment.random) : request.memberId;
  const reported = { memberEpoch, owned: request.topicPartitions };
  const seat = seatOf(change, found, { groupId, memberId, instanceId, isJoining, reported });
  if (seat instanceof Refusal) return seat;

  const { group, member: before } = seat;
  const update = { before, after: updated(before, request, context) };
  const haveNamesChanged = writeMember(change, groupId, update);
  const regexes = updateRegexes(step, change, { groupId, group, update });
  if (regexes instanceof Refusal) return regexes;
  const hasChanged = haveNamesChanged || regexes === 'resolved';
  const subscriptions =
    hasChanged || mayHaveOtherTopics(step, groupId)
      ? updateSubscriptions(step, change, { groupId, group, update, hasChanged })
      : currentSubscriptions(group);
  const target = updateTarget(step, change, { groupId, group, update, subscriptions });
  const after = reconcile(step, change, {
    groupId,
    group,
    member: update.after,
    target,
    hasSubscriptionChanged: haveNamesChanged || regexes !== 'unchanged',
    reported: request.topicPartitions,
  });
  if (after instanceof Refusal) return after;
  change.then(() => watchMember(step, groupId, memberId));
  if (!areStorable(change.records, step.config.maxRecordBytes)) return TOO_LARGE;

  const saysAll =
    request.rebalanceTimeoutMs !== AS_BEFORE &&
    (request.subscribedTopicNames !== null || request.subscribedTopicRegex !== null) &&
    request.topicPartitions !== null;
  const wantsAssignment = isJoining || saysAll || !isSameOwned(before.assigned, after.assigned);
  return {
    errorCode: ErrorCode.NONE,
    memberId,
    memberEpoch: after.memberEpoch,
    heartbeatIntervalMs: step.config.consumer.heartbeatIntervalMs(groupId),
    assignment: wantsAssignment ? { topicPartitions: listPartitions(after.assigned) } : null,
  };
}

/** The member with what the request says of it; what it leaves out is as before. */
function updated(member: Member, request: ConsumerGroupHeartbeatRequest, context: RequestContext): Member {
  const { instanceId, rackId, rebalanceTimeoutMs, serverAssignor, subscribedTopicNames, subscribedTopicRegex } =
    request;
  const after: Partial<ConsumerMember> = {
    instanceId: instanceId ?? member.instanceId,
    rackId: rackId ?? member.rackId,
    rebalanceTimeoutMs: rebalanceTimeoutMs === AS_BEFORE ? member.rebalanceTimeoutMs : rebalanceTimeoutMs,
    serverAssignor: serverAssignor ?? member.serverAssignor,
    subscribedTopicNames:
      subscribedTopicNames === null ? member.subscribedTopicNames : subscriptionTo(subscribedTopicNames),
    subscribedTopicRegex: subscribedTopicRegex ?? member.subscribedTopicRegex,
    clientId: context.clientId,
    clientHost: context.clientHost,
    classic: null,
  };
  return { ...member, ...after };
}

function leave(
  step: Step,
  change: GroupChange,
  { groupId, memberId, instanceId, memberEpoch }: ConsumerGroupHeartbeatRequest,
): Response | Refusal {
  const group = existingConsumerGroup(step, groupId);
  if (group instanceof Refusal) return group;
  const response = { errorCode: ErrorCode.NONE, memberId, memberEpoch, heartbeatIntervalMs: 0 };
  if (instanceId === null) {
    const member = group.members.get(memberId);
    if (member === undefined) return unknownMember(`Member ${memberId} is not a member of group ${groupId}.`);
    fenceMembers(step, change, { groupId, group, leaving: [member] });
    return response;
  }
  const member = staticMember(group, instanceId);
  if (member === undefined) return unknownMember(`Instance id ${instanceId} is unknown.`);
  const fenced = refusalIfFenced(member, memberId, instanceId);
  if (fenced !== undefined) return fenced;
  if (memberEpoch === AWAY_EPOCH) change.write(memberAssignmentRecord(groupId, away(member)));
  else fenceMembers(step, change, { groupId, group, leaving: [member] });
  return response;
}

/** It goes for a while: until its session ends, its seat and what it owns are kept for whoever comes in its place. */
function away(member: Member): Member {
  const assigned = [...member.assigned].map(
    ([topicId, partitions]) => [topicId, new Map([...partitions.keys()].map((partition) => [partition, 0]))] as const,
  );
  return { ...member, memberEpoch: AWAY_EPOCH, assigned: new Map(assigned), pendingRevocation: new Map() };
}

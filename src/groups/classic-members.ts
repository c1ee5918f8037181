/**
 * Members of a consumer group that speak the classic protocol: JoinGroup, SyncGroup, Heartbeat and LeaveGroup are answered
 * from what the coordinator assigned, so that an application can move from one protocol to the other member by member.
 */
import { randomUuid } from '../base/index.ts';
import type { Ticket } from '../coordinator/index.ts';
import { ErrorCode } from '../wire/index.ts';
import type { HeartbeatRequest, JoinGroupRequest, LeaveGroupRequest } from '../wire/messages/index.ts';
import { refusedJoin, replyToJoin, replyToSync, type JoinResponse } from './answers.ts';
import { isOwned, type Group } from './consumer-group.ts';
import { MemberState, subscriptionTo, type ConsumerMember, type Member } from './consumer-member.ts';
import { byTopicId, encodedAssignment, subscriptionIn } from './consumer-protocol.ts';
import { updateRegexes } from './consumer-regexes.ts';
import { refusalIfFenced, refusalIfFull, seatOf, staticMember, unknownMember } from './consumer-seats.ts';
import { currentSubscriptions, mayHaveOtherTopics, updateSubscriptions } from './consumer-subscriptions.ts';
import { writeMember } from './consumer-update.ts';
import { unwatchSync, watchJoin, watchMember, watchSync } from './consumer-watch.ts';
import { downgrade, mayDowngrade } from './downgrading.ts';
import { fenceMembers } from './fencing.ts';
import { GroupChange } from './group-change.ts';
import type { GroupApis, GroupRequest, RequestContext } from './group-requests.ts';
import { reconcile } from './reconciling.ts';
import { Refusal } from './refusal.ts';
import { areStorable } from './storable.ts';
import type { Step } from './step.ts';
import { CONSUMER_PROTOCOL_TYPE } from './subscription.ts';
import { currentTarget, updateTarget } from './target-assignment.ts';

/** KIP-394: from here on a newcomer is told its member id first. */
const FIRST_WITH_REQUIRED_ID = 4;

export function joinConsumerGroup(
  step: Step,
  ticket: Ticket,
  { request, context }: GroupRequest<'joinGroup'>,
  group: Group,
): void {
  const change = new GroupChange();
  const outcome = join(step, change, { request, context, found: group });
  const waiting = { ticket, version: context.version };
  if (outcome instanceof Refusal) {
    replyToJoin(step, waiting, refusedJoin(outcome.errorCode));
    return;
  }
  change.apply(step);
  replyToJoin(step, waiting, outcome);
}

interface Joining {
  readonly request: JoinGroupRequest;
  readonly context: RequestContext;
  readonly found: Group;
}

function join(step: Step, change: GroupChange, { request, context, found }: Joining): JoinResponse | Refusal {
  const { groupId, groupInstanceId: instanceId, sessionTimeoutMs } = request;
  const isNewcomer = request.memberId === '';
  const memberId = isNewcomer ? randomUuid(step.environment.random) : request.memberId;
  const refused = refusalIfFull(step, found, memberId) ?? refusalOfProtocols(found, memberId, request);
  if (refused !== undefined) return refused;
  if (isNewcomer && instanceId === null && context.version >= FIRST_WITH_REQUIRED_ID)
    return refusedJoin(ErrorCode.MEMBER_ID_REQUIRED, memberId);
  const [protocol] = request.protocols;
  const subscription = protocol && subscriptionIn(protocol.metadata);
  if (protocol === undefined || subscription === undefined)
    return new Refusal(ErrorCode.UNKNOWN_SERVER_ERROR, 'Malformed embedded consumer protocol.');

  const isJoining = instanceId === null || isNewcomer;
  const seat = seatOf(change, found, { groupId, memberId, instanceId, isJoining, reported: undefined });
  if (seat instanceof Refusal) return seat;
  const { group, member: before } = seat;
  const after: ConsumerMember = {
    ...(before as ConsumerMember),
    instanceId,
    rackId: (subscription.rackId ?? '') === '' ? before.rackId : subscription.rackId,
    rebalanceTimeoutMs: request.rebalanceTimeoutMs === -1 ? before.rebalanceTimeoutMs : request.rebalanceTimeoutMs,
    subscribedTopicNames: subscriptionTo(subscription.topics),
    subscribedTopicRegex: '',
    clientId: context.clientId,
    clientHost: context.clientHost,
    classic: {
      sessionTimeoutMs,
      // Views would pin the frame for as long as the member lives.
      supportedProtocols: request.protocols.map(({ name, metadata }) => ({ name, metadata: Buffer.from(metadata) })),
    },
  };
  const update = { before, after };
  const haveNamesChanged = writeMember(change, groupId, update);
  const regexes = updateRegexes(step, change, { groupId, group, update });
  if (regexes instanceof Refusal) return regexes;
  const hasChanged = haveNamesChanged || regexes !== 'unchanged';
  const subscriptions =
    hasChanged || mayHaveOtherTopics(step, groupId)
      ? updateSubscriptions(step, change, { groupId, group, update, hasChanged })
      : currentSubscriptions(group);
  const others = [...group.members.values()].filter(({ memberId: id }) => id !== memberId);
  // A static member comes back with the classic protocol, the last that spoke the other one.
  const replacesLast =
    instanceId !== null &&
    found.staticMembers.has(instanceId) &&
    before.classic === null &&
    mayDowngrade(step, [...others, after]);
  const isStale = group.assignmentEpoch < subscriptions.groupEpoch;
  const target = replacesLast
    ? currentTarget(group, memberId)
    : updateTarget(step, change, { groupId, group, update, subscriptions });
  const reconciled =
    replacesLast && isStale
      ? after
      : reconcile(step, change, {
          groupId,
          group,
          member: after,
          target,
          hasSubscriptionChanged: hasChanged,
          reported: byTopicId(subscription.ownedPartitions, step.environment.image().topics),
        });
  if (reconciled instanceof Refusal) return reconciled;
  const isKept =
    areStorable(change.records, step.config.maxRecordBytes) &&
    (!replacesLast ||
      downgrade(step, change, { groupId, group, members: [...others, reconciled], rebalance: isStale }));
  if (!isKept) return new Refusal(ErrorCode.UNKNOWN_SERVER_ERROR, 'What the member says is too large to be kept.');
  if (!replacesLast)
    change.then(() => {
      watchMember(step, groupId, memberId, sessionTimeoutMs);
      watchSync(step, groupId, memberId, request.rebalanceTimeoutMs);
    });
  return {
    errorCode: ErrorCode.NONE,
    memberId,
    generationId: reconciled.memberEpoch,
    protocolType: CONSUMER_PROTOCOL_TYPE,
    protocolName: protocol.name,
    leader: '',
    members: [],
  };
}

/** It must have a protocol in common with all others that speak the classic one. */
function refusalOfProtocols(group: Group, memberId: string, request: JoinGroupRequest): Refusal | undefined {
  const { protocolType, protocols } = request;
  const isSupported =
    protocolType === CONSUMER_PROTOCOL_TYPE &&
    protocols.some(({ name }) => (group.classicProtocols.get(name) ?? 0) === group.classicMembers);
  if (isSupported) return undefined;
  return new Refusal(ErrorCode.INCONSISTENT_GROUP_PROTOCOL, `Member ${memberId}'s protocols are not supported.`);
}

/** The member that asks, if it speaks the classic protocol. */
function classicMember(
  group: Group,
  { groupId, memberId, groupInstanceId }: { groupId: string; memberId: string; groupInstanceId: string | null },
): (Member & { readonly classic: NonNullable<Member['classic']> }) | Refusal {
  const member = groupInstanceId === null ? group.members.get(memberId) : staticMember(group, groupInstanceId);
  if (member === undefined) return unknownMember(`Member ${memberId} is not a member of group ${groupId}.`);
  const fenced = groupInstanceId === null ? undefined : refusalIfFenced(member, memberId, groupInstanceId);
  if (fenced !== undefined) return fenced;
  const { classic } = member;
  if (classic === null) return unknownMember(`Member ${memberId} does not use the classic protocol.`);
  return { ...member, classic };
}

export function syncConsumerGroup(
  step: Step,
  ticket: Ticket,
  { request, context }: GroupRequest<'syncGroup'>,
  group: Group,
): void {
  const refuse = (errorCode: number): void => replyToSync(step, { ticket, version: context.version }, errorCode);
  const { groupId, memberId, generationId, protocolType, protocolName } = request;
  const member = classicMember(group, request);
  if (member instanceof Refusal) return refuse(member.errorCode);
  if (generationId !== member.memberEpoch) return refuse(ErrorCode.ILLEGAL_GENERATION);
  const [protocol] = member.classic.supportedProtocols;
  const differs =
    (protocolType !== null && protocolType !== CONSUMER_PROTOCOL_TYPE) ||
    (protocolName !== null && protocolName !== protocol?.name);
  if (protocol === undefined || differs) return refuse(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
  if (group.assignmentEpoch > member.memberEpoch && member.state !== MemberState.unrevokedPartitions) {
    watchJoin(step, groupId, memberId, member.rebalanceTimeoutMs);
    return refuse(ErrorCode.REBALANCE_IN_PROGRESS);
  }
  unwatchSync(step, groupId, memberId);
  watchMember(step, groupId, memberId, member.classic.sessionTimeoutMs);
  step.answer(ticket, 'syncGroup', {
    errorCode: ErrorCode.NONE,
    protocolType,
    protocolName,
    assignment: encodedAssignment(member.assigned, step.environment.image().topics, protocol.metadata),
  });
}

export function heartbeatInConsumerGroup(step: Step, request: HeartbeatRequest, group: Group): number {
  const { groupId, memberId, generationId } = request;
  const member = classicMember(group, request);
  if (member instanceof Refusal) return member.errorCode;
  if (generationId !== member.memberEpoch) return ErrorCode.ILLEGAL_GENERATION;
  watchMember(step, groupId, memberId, member.classic.sessionTimeoutMs);
  if (!mustRejoin(group, member)) return ErrorCode.NONE;
  watchJoin(step, groupId, memberId, member.rebalanceTimeoutMs);
  return ErrorCode.REBALANCE_IN_PROGRESS;
}

/** There is another assignment, or something to give up, or what it waits for is free. */
function mustRejoin(group: Group, member: Member): boolean {
  if (member.memberEpoch < group.assignmentEpoch || member.state === MemberState.unrevokedPartitions) return true;
  return member.state === MemberState.unreleasedPartitions && !waits(group, member);
}

function waits(group: Group, member: Member): boolean {
  for (const [topicId, partitions] of group.targets.get(member.memberId) ?? []) {
    const assigned = member.assigned.get(topicId);
    for (const partition of partitions)
      if (assigned?.has(partition) !== true && isOwned(group, topicId, partition)) return true;
  }
  return false;
}

type Leaving = Pick<LeaveGroupRequest['members'][number], 'memberId' | 'groupInstanceId'>;

/** Members of either protocol: an operator may take out whoever is in the way. */
export function leaveConsumerGroup(
  step: Step,
  groupId: string,
  group: Group,
  leaving: readonly Leaving[],
): NonNullable<GroupApis['leaveGroup']['response']['members']> {
  const gone = new Map<string, Member>();
  const answers = leaving.map(({ memberId, groupInstanceId }) => {
    const member = leavingMember(group, { memberId, groupInstanceId });
    if (typeof member === 'number') return { memberId, groupInstanceId, errorCode: member };
    gone.set(member.memberId, member);
    return { memberId, groupInstanceId, errorCode: ErrorCode.NONE };
  });
  const change = new GroupChange();
  fenceMembers(step, change, { groupId, group, leaving: [...gone.values()] });
  change.apply(step);
  return answers;
}

function leavingMember(group: Group, { memberId, groupInstanceId }: Leaving): Member | number {
  if (groupInstanceId === null) return group.members.get(memberId) ?? ErrorCode.UNKNOWN_MEMBER_ID;
  const member = staticMember(group, groupInstanceId);
  if (member === undefined) return ErrorCode.UNKNOWN_MEMBER_ID;
  if (memberId !== '' && memberId !== member.memberId) return ErrorCode.FENCED_INSTANCE_ID;
  return member;
}

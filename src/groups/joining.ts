/** JoinGroup 0-9 (GroupMetadataManager.classicGroupJoin). */
import type { Ticket } from '../coordinator/index.ts';
import { ErrorCode } from '../wire/index.ts';
import type { JoinGroupRequest } from '../wire/messages/index.ts';
import { joined, refusedJoin, replyToJoin } from './answers.ts';
import { joinConsumerGroup } from './classic-members.ts';
import { ClassicGroup, type Member, type Protocol } from './classic-group.ts';
import { dropConsumerGroup } from './consumer-watch.ts';
import { deadline } from './deadlines.ts';
import type { GroupRequest, RequestContext } from './group-requests.ts';
import { asked, update, type Joining } from './join-request.ts';
import { newMemberId, UUID_LENGTH } from './member-id.ts';
import { removeMember, removePending, validateMember, watchSession } from './members.ts';
import { rebalance } from './rebalancing.ts';
import { replaceStaticMember } from './static-members.ts';
import type { Step } from './step.ts';
import { isStorable, MAX_STRING_BYTES } from './storable.ts';

/** How long a new member's JoinGroup may wait (GroupCoordinatorConfig: 5 minutes, not configurable). */
const NEW_MEMBER_JOIN_TIMEOUT_MS = 300_000;

export function joinGroup(step: Step, ticket: Ticket, { request, context }: GroupRequest<'joinGroup'>): void {
  const waiting = { ticket, version: context.version };
  const { groupId, memberId, sessionTimeoutMs } = request;
  const refuse = (errorCode: number, id = memberId): void => replyToJoin(step, waiting, refusedJoin(errorCode, id));

  if (groupId === '') return refuse(ErrorCode.INVALID_GROUP_ID);
  const { minSessionTimeoutMs, maxSessionTimeoutMs } = step.config;
  if (sessionTimeoutMs < minSessionTimeoutMs || sessionTimeoutMs > maxSessionTimeoutMs)
    return refuse(ErrorCode.INVALID_SESSION_TIMEOUT);
  if (!fitsIntoRecords(request, context)) return refuse(ErrorCode.UNKNOWN_SERVER_ERROR);

  const consumerGroup = step.consumerGroup(groupId);
  if (consumerGroup !== undefined && consumerGroup.members.size > 0)
    return joinConsumerGroup(step, ticket, { api: 'joinGroup', request, context }, consumerGroup);
  const isUnknownMember = memberId === '';
  const known = step.group(groupId);
  // Only a newcomer makes a group: whoever has a member id had a group, and it is gone.
  if (known === undefined && !isUnknownMember) return refuse(ErrorCode.UNKNOWN_MEMBER_ID);
  const group = known ?? new ClassicGroup(groupId, step.now);
  if (consumerGroup !== undefined) dropConsumerGroup(step, groupId, consumerGroup);
  if (known === undefined) step.writeGroup(group);
  step.adopt(group);

  if (!hasRoom(step, group, memberId)) {
    // There is no seat left for a member of the last generation that came late.
    const member = group.members.get(memberId);
    if (member !== undefined) removeMember(step, group, member);
    removePending(step, group, memberId);
    return refuse(ErrorCode.GROUP_MAX_SIZE_REACHED, '');
  }
  if (!group.supports(request.protocolType, request.protocols)) return refuse(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
  const joining: Joining = { step, group, request, context, waiting };
  if (isUnknownMember) joinAsNewcomer(joining);
  else joinAsKnown(joining);
}

/** What a member brings is written with the group: strings that no record can hold are refused at the door. */
function fitsIntoRecords(request: JoinGroupRequest, context: RequestContext): boolean {
  const { groupId, groupInstanceId, protocolType, protocols } = request;
  const written = [groupId, protocolType, groupInstanceId ?? '', ...protocols.map(({ name }) => name)];
  const memberIdBytes = Buffer.byteLength(groupInstanceId ?? context.clientId) + '-'.length + UUID_LENGTH;
  return written.every(isStorable) && memberIdBytes <= MAX_STRING_BYTES;
}

function hasRoom(step: Step, group: ClassicGroup, memberId: string): boolean {
  const { maxSize } = step.config;
  const member = group.members.get(memberId);
  switch (group.state) {
    case 'Empty':
      return true;
    case 'PreparingRebalance':
      // First come, first served: members of the last generation have no seat until they are back.
      return member?.waitingJoin !== undefined || group.waitingJoins < maxSize;
    case 'CompletingRebalance':
    case 'Stable':
      return member !== undefined || group.members.size < maxSize;
  }
}

function joinAsNewcomer(joining: Joining): void {
  const { step, group, request, context, waiting } = joining;
  const { groupInstanceId } = request;
  const memberId = newMemberId(step.environment.random, groupInstanceId ?? context.clientId);
  if (groupInstanceId !== null) {
    const present = group.members.get(group.staticMembers.get(groupInstanceId) ?? '');
    if (present === undefined) addMember(joining, memberId);
    else replaceStaticMember(joining, present, memberId);
  } else if (context.version < 4) {
    addMember(joining, memberId);
  } else {
    // KIP-394: a client that never learns its id can't fill the group with members.
    const session = deadline({ kind: 'session', group, memberId } as const);
    group.pendingMembers.set(memberId, session);
    step.soft.deadlines.set(session, step.now + request.sessionTimeoutMs);
    replyToJoin(step, waiting, refusedJoin(ErrorCode.MEMBER_ID_REQUIRED, memberId));
  }
}

function joinAsKnown(joining: Joining): void {
  const { step, group, request, waiting } = joining;
  const { memberId, groupInstanceId } = request;
  const refuse = (errorCode: number, id = memberId): void => replyToJoin(step, waiting, refusedJoin(errorCode, id));

  if (group.pendingMembers.has(memberId)) {
    // Ids are given out to dynamic members only.
    if (groupInstanceId !== null) return refuse(ErrorCode.UNKNOWN_SERVER_ERROR, '');
    removePending(step, group, memberId);
    return addMember(joining, memberId);
  }
  const member = validateMember(group, memberId, groupInstanceId);
  if (typeof member === 'number') return refuse(member);
  if (needsRebalance(joining, member)) {
    update(joining, member);
    rebalance(step, group);
  } else {
    // The answer to its last JoinGroup got lost, or a follower asks again: nothing has changed.
    replyToJoin(step, waiting, joined(group, member));
  }
}

function needsRebalance({ group, request }: Joining, member: Member): boolean {
  if (group.state === 'PreparingRebalance') return true;
  // A leader that joins a stable group wants to assign anew: it has seen what metadata doesn't tell (new partitions).
  if (group.state === 'Stable' && group.leaderId === member.memberId) return true;
  return !hasProtocols(member, request.protocols);
}

function hasProtocols({ protocols }: Member, asked: readonly Protocol[]): boolean {
  return (
    protocols.length === asked.length &&
    protocols.every(({ name, metadata }, i) => asked[i]?.name === name && asked[i].metadata.equals(metadata))
  );
}

function addMember(joining: Joining, memberId: string): void {
  const { step, group, request, context, waiting } = joining;
  const { groupInstanceId, protocolType } = request;
  const { clientId, clientHost } = context;
  const member = group.member({ memberId, groupInstanceId, clientId, clientHost, ...asked(joining) });
  member.isNew = true;
  if (group.state === 'PreparingRebalance' && group.previousState === 'Empty') group.newMemberAdded = true;
  group.add(member, protocolType);
  group.setWaitingJoin(member, waiting);
  // No session yet: it can't know its id, and a client that went away isn't noticed while its request waits.
  watchSession(step, member, NEW_MEMBER_JOIN_TIMEOUT_MS);
  rebalance(step, group);
}

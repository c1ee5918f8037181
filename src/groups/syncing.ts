/** SyncGroup 0-5 (GroupMetadataManager.classicGroupSync): the leader brings the assignment, everyone gets a part. */
import type { Ticket } from '../coordinator/index.ts';
import { ErrorCode } from '../wire/index.ts';
import type { SyncGroupRequest } from '../wire/messages/index.ts';
import { giveAssignment, refuseAssignment, replyToSync } from './answers.ts';
import type { ClassicGroup } from './classic-group.ts';
import { syncConsumerGroup } from './classic-members.ts';
import type { GroupRequest } from './group-requests.ts';
import { removeMember, validateMember, watchSession } from './members.ts';
import { abandonSync, prepareRebalance, rebalance } from './rebalancing.ts';
import { isWritable } from './storable.ts';
import type { Step } from './step.ts';

export function syncGroup(step: Step, ticket: Ticket, { request, context }: GroupRequest<'syncGroup'>): void {
  const waiting = { ticket, version: context.version };
  const refuse = (errorCode: number): void => replyToSync(step, waiting, errorCode);
  const { groupId, memberId, generationId, protocolType, protocolName } = request;

  if (context.version >= 5 && (protocolType === null || protocolName === null))
    return refuse(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
  if (groupId === '') return refuse(ErrorCode.INVALID_GROUP_ID);
  const consumerGroup = step.consumerGroup(groupId);
  if (consumerGroup !== undefined)
    return syncConsumerGroup(step, ticket, { api: 'syncGroup', request, context }, consumerGroup);
  const group = step.group(groupId);
  if (group === undefined) return refuse(ErrorCode.UNKNOWN_MEMBER_ID);
  const member = validateMember(group, memberId, request.groupInstanceId);
  if (typeof member === 'number') return refuse(member);
  if (generationId !== group.generationId) return refuse(ErrorCode.ILLEGAL_GENERATION);
  if (differs(protocolType, group.protocolType) || differs(protocolName, group.protocolName))
    return refuse(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
  if (group.state === 'PreparingRebalance') return refuse(ErrorCode.REBALANCE_IN_PROGRESS);

  // Its client gave up waiting for the earlier request and asked again. (Kafka never answers the earlier one.)
  refuseAssignment(step, member, ErrorCode.REBALANCE_IN_PROGRESS);
  member.waitingSync = waiting;
  group.pendingSync.delete(memberId);
  if (group.pendingSync.size === 0) step.soft.deadlines.cancel(group.syncDeadline);
  if (group.state === 'Stable') giveAssignment(step, group, member);
  else if (group.leaderId === memberId) assign(step, group, request);
}

function differs(asked: string | null, actual: string | null): boolean {
  return asked !== null && asked !== actual;
}

/** The leader has assigned: the generation is written, and everyone who waits gets their part. */
function assign(step: Step, group: ClassicGroup, { assignments }: SyncGroupRequest): void {
  const parts = new Map(assignments.map(({ memberId, assignment }) => [memberId, assignment]));
  for (const member of group.members.values()) {
    // A view would pin the frame for as long as the generation lives.
    member.assignment = Buffer.from(parts.get(member.memberId) ?? Buffer.alloc(0));
  }
  if (!isWritable(group, step.config.maxRecordBytes)) {
    abandonSync(step, group, ErrorCode.UNKNOWN_SERVER_ERROR);
    rebalance(step, group);
    return;
  }
  step.writeGroup(group);
  group.transitionTo('Stable', step.now);
  for (const member of group.members.values()) {
    if (giveAssignment(step, group, member)) watchSession(step, member);
  }
}

/** Members that joined but did not send SyncGroup within the rebalance timeout are out. */
export function syncDeadlineReached(step: Step, group: ClassicGroup): void {
  const missing = [...group.pendingSync];
  if (missing.length === 0) return;
  for (const memberId of missing) {
    const member = group.members.get(memberId);
    if (member !== undefined) removeMember(step, group, member);
  }
  prepareRebalance(step, group);
}

/** Heartbeat 0-4, and what happens to those who send none. */
import type { Ticket } from '../coordinator/index.ts';
import { ErrorCode } from '../wire/index.ts';
import type { HeartbeatRequest } from '../wire/messages/index.ts';
import type { ClassicGroup } from './classic-group.ts';
import { heartbeatInConsumerGroup } from './classic-members.ts';
import type { GroupRequest } from './group-requests.ts';
import { removeMember, removePending, validateMember, watchSession } from './members.ts';
import { completeJoinIfAllJoined, rebalance } from './rebalancing.ts';
import type { Step } from './step.ts';

export function heartbeat(step: Step, ticket: Ticket, { request }: GroupRequest<'heartbeat'>): void {
  step.answer(ticket, 'heartbeat', { errorCode: noteHeartbeat(step, request) });
}

function noteHeartbeat(step: Step, request: HeartbeatRequest): number {
  if (request.groupId === '') return ErrorCode.INVALID_GROUP_ID;
  const consumerGroup = step.consumerGroup(request.groupId);
  if (consumerGroup !== undefined) return heartbeatInConsumerGroup(step, request, consumerGroup);
  const group = step.group(request.groupId);
  if (group === undefined) return ErrorCode.UNKNOWN_MEMBER_ID;
  const member = validateMember(group, request.memberId, request.groupInstanceId);
  if (typeof member === 'number') return member;
  if (request.generationId !== group.generationId) return ErrorCode.ILLEGAL_GENERATION;
  watchSession(step, member);
  return group.state === 'PreparingRebalance' ? ErrorCode.REBALANCE_IN_PROGRESS : ErrorCode.NONE;
}

export function sessionExpired(step: Step, group: ClassicGroup, memberId: string): void {
  if (removePending(step, group, memberId)) {
    completeJoinIfAllJoined(step, group);
    return;
  }
  const member = group.members.get(memberId);
  if (member === undefined) return;
  // Who waits for an answer can't send heartbeats; its session begins again with the answer.
  if (!member.isNew && (member.waitingJoin !== undefined || member.waitingSync !== undefined)) return;
  removeMember(step, group, member);
  rebalance(step, group);
}

/** LeaveGroup 0-5: one member, or from version 3 on several, by member id or (an operator's way) by instance id. */
import type { Ticket } from '../coordinator/index.ts';
import { ErrorCode } from '../wire/index.ts';
import type { LeaveGroupRequest } from '../wire/messages/index.ts';
import type { ClassicGroup } from './classic-group.ts';
import { leaveConsumerGroup } from './classic-members.ts';
import type { GroupApis, GroupRequest } from './group-requests.ts';
import { removeMember, removePending, validateMember } from './members.ts';
import { rebalance } from './rebalancing.ts';
import type { Step } from './step.ts';

type Response = GroupApis['leaveGroup']['response'];
type Leaving = Pick<LeaveGroupRequest['members'][number], 'memberId' | 'groupInstanceId'>;

export function leaveGroup(step: Step, ticket: Ticket, { request, context }: GroupRequest<'leaveGroup'>): void {
  const { groupId, memberId } = request;
  const leaving = context.version < 3 ? [{ memberId, groupInstanceId: null }] : request.members;
  const response = leave(step, groupId, leaving);
  step.answer(ticket, 'leaveGroup', context.version < 3 ? forOneMember(response) : response);
}

/** Versions 0-2 know one error, that of their member. */
function forOneMember({ errorCode, members }: Response): Response {
  return { errorCode: errorCode === ErrorCode.NONE ? (members?.[0]?.errorCode ?? ErrorCode.NONE) : errorCode };
}

function leave(step: Step, groupId: string, leaving: readonly Leaving[]): Response {
  if (groupId === '') return { errorCode: ErrorCode.INVALID_GROUP_ID, members: [] };
  const consumerGroup = step.consumerGroup(groupId);
  if (consumerGroup !== undefined)
    return { errorCode: ErrorCode.NONE, members: leaveConsumerGroup(step, groupId, consumerGroup, leaving) };
  const group = step.group(groupId);
  const members = leaving.map(({ memberId, groupInstanceId }) => ({
    memberId,
    groupInstanceId,
    errorCode: group === undefined ? ErrorCode.UNKNOWN_MEMBER_ID : letGo(step, group, { memberId, groupInstanceId }),
  }));
  const hasLeft = members.some(({ errorCode }) => errorCode === ErrorCode.NONE);
  if (group !== undefined && hasLeft && group.state !== 'Empty') rebalance(step, group);
  return { errorCode: ErrorCode.NONE, members };
}

function letGo(step: Step, group: ClassicGroup, { memberId, groupInstanceId }: Leaving): number {
  if (memberId === '') {
    const member = group.members.get(group.staticMembers.get(groupInstanceId ?? '') ?? '');
    if (member === undefined) return ErrorCode.UNKNOWN_MEMBER_ID;
    removeMember(step, group, member);
    return ErrorCode.NONE;
  }
  if (removePending(step, group, memberId)) return ErrorCode.NONE;
  const member = validateMember(group, memberId, groupInstanceId);
  if (typeof member === 'number') return member;
  removeMember(step, group, member);
  return ErrorCode.NONE;
}

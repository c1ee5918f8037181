/** ListGroups 0-5 and DescribeGroups 0-6. */
import type { Ticket } from '../coordinator/index.ts';
import { ErrorCode } from '../wire/index.ts';
import type { ClassicGroup, Member } from './classic-group.ts';
import { stateOf } from './consumer-group.ts';
import type { GroupApis, GroupRequest } from './group-requests.ts';
import type { Step } from './step.ts';
import { CONSUMER_PROTOCOL_TYPE } from './subscription.ts';

type Described = GroupApis['describeGroup']['response'];

const NOTHING = Buffer.alloc(0);

/** Filters take any letter case; one that names no state or type matches no group. */
export function listGroups(step: Step, ticket: Ticket, { request }: GroupRequest<'listGroups'>): void {
  const states = new Set(request.statesFilter.map((state) => state.trim().toLowerCase()));
  const types = new Set(request.typesFilter.map((type) => type.toLowerCase()));
  const groups = [];
  for (const groupId of step.hard.groups.keys()) {
    const group = listed(step, groupId);
    if (group === undefined || (types.size > 0 && !types.has(group.groupType))) continue;
    if (states.size === 0 || states.has(group.groupState.toLowerCase())) groups.push({ groupId, ...group });
  }
  step.answer(ticket, 'listGroups', { errorCode: ErrorCode.NONE, groups });
}

function listed(
  step: Step,
  groupId: string,
): { protocolType: string; groupState: string; groupType: string } | undefined {
  const consumer = step.consumerGroup(groupId);
  if (consumer !== undefined)
    return { protocolType: CONSUMER_PROTOCOL_TYPE, groupState: stateOf(consumer), groupType: 'consumer' };
  const classic = step.group(groupId);
  return classic && { protocolType: classic.protocolType ?? '', groupState: classic.state, groupType: 'classic' };
}

export function describeGroup(step: Step, ticket: Ticket, { request, context }: GroupRequest<'describeGroup'>): void {
  const { groupId } = request;
  const group = step.group(groupId);
  const described = group === undefined ? notFound(step, groupId, context.version) : describe(group);
  step.answer(ticket, 'describeGroup', described);
}

/** Before version 6 a group that isn't there, or is no classic group, was no error, but a dead group. */
function notFound(step: Step, groupId: string, version: number): Described {
  const dead = { groupId, groupState: 'Dead', protocolType: '', protocolData: '', members: [] };
  const isThere = step.consumerGroup(groupId) !== undefined;
  const errorMessage = isThere ? `Group ${groupId} is not a classic group.` : `Group ${groupId} not found.`;
  if (version < 6) return { ...dead, errorCode: ErrorCode.NONE };
  return { ...dead, errorCode: ErrorCode.GROUP_ID_NOT_FOUND, errorMessage };
}

function describe(group: ClassicGroup): Described {
  const { groupId, state, protocolType, protocolName } = group;
  // While members join, there is no protocol that all agreed upon.
  const isStable = state === 'Stable';
  return {
    errorCode: ErrorCode.NONE,
    groupId,
    groupState: state,
    protocolType: protocolType ?? '',
    protocolData: isStable ? (protocolName ?? '') : '',
    members: [...group.members.values()].map((member) =>
      describeMember(member, isStable ? group.metadataOf(member) : NOTHING),
    ),
  };
}

function describeMember(member: Member, memberMetadata: Buffer): Described['members'][number] {
  const { memberId, groupInstanceId, clientId, clientHost, assignment } = member;
  return { memberId, groupInstanceId, clientId, clientHost, memberMetadata, memberAssignment: assignment };
}

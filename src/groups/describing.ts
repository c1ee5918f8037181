/** ListGroups 0-5 and DescribeGroups 0-6. */
import type { Ticket } from '../coordinator/index.ts';
import { ErrorCode } from '../wire/index.ts';
import type { ClassicGroup, Member } from './classic-group.ts';
import type { GroupApis, GroupRequest } from './group-requests.ts';
import type { Step } from './step.ts';

type Described = GroupApis['describeGroup']['response'];

const GROUP_TYPE = 'classic';
const NOTHING = Buffer.alloc(0);

/** Filters take any letter case; one that names no state or type matches no group. */
export function listGroups(step: Step, ticket: Ticket, { request }: GroupRequest<'listGroups'>): void {
  const states = new Set(request.statesFilter.map((state) => state.trim().toLowerCase()));
  const types = new Set(request.typesFilter.map((type) => type.toLowerCase()));
  const groups = [];
  if (types.size === 0 || types.has(GROUP_TYPE)) {
    for (const groupId of step.hard.groups.keys()) {
      const group = step.group(groupId);
      if (group === undefined || (states.size > 0 && !states.has(group.state.toLowerCase()))) continue;
      const { protocolType, state } = group;
      groups.push({ groupId, protocolType: protocolType ?? '', groupState: state, groupType: GROUP_TYPE });
    }
  }
  step.answer(ticket, 'listGroups', { errorCode: ErrorCode.NONE, groups });
}

export function describeGroup(step: Step, ticket: Ticket, { request, context }: GroupRequest<'describeGroup'>): void {
  const { groupId } = request;
  const group = step.group(groupId);
  const described = group === undefined ? notFound(groupId, context.version) : describe(group);
  step.answer(ticket, 'describeGroup', described);
}

/** Before version 6 a group that isn't there was no error, but a dead group. */
function notFound(groupId: string, version: number): Described {
  const dead = { groupId, groupState: 'Dead', protocolType: '', protocolData: '', members: [] };
  if (version < 6) return { ...dead, errorCode: ErrorCode.NONE };
  return { ...dead, errorCode: ErrorCode.GROUP_ID_NOT_FOUND, errorMessage: `Group ${groupId} not found.` };
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

/** What members that wait are told. */
import { ErrorCode } from '../wire/index.ts';
import type { ClassicGroup, Member, Waiting } from './classic-group.ts';
import type { GroupApis } from './group-requests.ts';
import type { Step } from './step.ts';

export type JoinResponse = GroupApis['joinGroup']['response'];

const NOTHING = Buffer.alloc(0);

/** Answers the member's JoinGroup, if it waits for one. */
export function answerJoin(step: Step, group: ClassicGroup, member: Member, response: JoinResponse): void {
  const waiting = member.waitingJoin;
  if (waiting === undefined) return;
  group.setWaitingJoin(member, undefined);
  replyToJoin(step, waiting, response);
}

export function replyToJoin(step: Step, { ticket, version }: Waiting, response: JoinResponse): void {
  // Before version 7 the protocol's name can't be null.
  const protocolName = response.protocolName ?? (version >= 7 ? null : '');
  step.answer(ticket, 'joinGroup', { ...response, protocolName });
}

export function refusedJoin(errorCode: number, memberId = ''): JoinResponse {
  return { errorCode, memberId, leader: '', protocolName: null, members: [] };
}

/** What a member of the current generation is told; its leader hears of everyone. */
export function joined(group: ClassicGroup, member: Member): JoinResponse {
  return {
    errorCode: ErrorCode.NONE,
    generationId: group.generationId,
    protocolType: group.protocolType,
    protocolName: group.protocolName,
    leader: group.leaderId ?? '',
    memberId: member.memberId,
    members: member.memberId === group.leaderId ? everyone(group) : [],
  };
}

function everyone(group: ClassicGroup): JoinResponse['members'] {
  return [...group.members.values()].map((member) => ({
    memberId: member.memberId,
    groupInstanceId: member.groupInstanceId,
    metadata: group.metadataOf(member),
  }));
}

/** Answers the member's SyncGroup, if it waits for one, with its part of the assignment. */
export function giveAssignment(step: Step, group: ClassicGroup, member: Member): boolean {
  const waiting = member.waitingSync;
  if (waiting === undefined) return false;
  member.waitingSync = undefined;
  const { protocolType, protocolName } = group;
  const { assignment } = member;
  step.answer(waiting.ticket, 'syncGroup', { errorCode: ErrorCode.NONE, protocolType, protocolName, assignment });
  return true;
}

/** Answers the member's SyncGroup, if it waits for one, with an error. */
export function refuseAssignment(step: Step, member: Member, errorCode: number): boolean {
  const waiting = member.waitingSync;
  if (waiting === undefined) return false;
  member.waitingSync = undefined;
  replyToSync(step, waiting, errorCode);
  return true;
}

export function replyToSync(step: Step, { ticket }: Waiting, errorCode: number): void {
  step.answer(ticket, 'syncGroup', { errorCode, assignment: NOTHING });
}

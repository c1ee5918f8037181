import { ErrorCode } from '../wire/index.ts';
import { answerJoin, refuseAssignment, refusedJoin } from './answers.ts';
import type { ClassicGroup, Member } from './classic-group.ts';
import type { Step } from './step.ts';

/** The member that asks, or an error code: there is none of that id, or another instance has taken its place. */
export function validateMember(group: ClassicGroup, memberId: string, groupInstanceId: string | null): Member | number {
  if (groupInstanceId !== null) {
    const current = group.staticMembers.get(groupInstanceId);
    if (current === undefined) return ErrorCode.UNKNOWN_MEMBER_ID;
    if (current !== memberId) return ErrorCode.FENCED_INSTANCE_ID;
  }
  return group.members.get(memberId) ?? ErrorCode.UNKNOWN_MEMBER_ID;
}

/** It was heard of: its session begins again. */
export function watchSession(step: Step, member: Member, timeoutMs = member.sessionTimeoutMs): void {
  step.soft.deadlines.set(member.session, step.now + timeoutMs);
}

/** Takes the member out, answering what it waits for: a client that is still there joins anew. */
export function removeMember(step: Step, group: ClassicGroup, member: Member): void {
  step.soft.deadlines.cancel(member.session);
  answerJoin(step, group, member, refusedJoin(ErrorCode.UNKNOWN_MEMBER_ID));
  refuseAssignment(step, member, ErrorCode.UNKNOWN_MEMBER_ID);
  group.remove(member);
}

/** Takes back an id that was given out. False if there was no such id. */
export function removePending(step: Step, group: ClassicGroup, memberId: string): boolean {
  const pending = group.pendingMembers.get(memberId);
  if (pending === undefined) return false;
  step.soft.deadlines.cancel(pending);
  return group.pendingMembers.delete(memberId);
}

/** From one generation to the next (GroupMetadataManager: prepareRebalance to completeClassicGroupJoin). */
import { ErrorCode } from '../wire/index.ts';
import { answerJoin, joined, refuseAssignment } from './answers.ts';
import type { ClassicGroup } from './classic-group.ts';
import { removeMember, watchSession } from './members.ts';
import type { Step } from './step.ts';

/** Everyone is to join again; if that is under way already, it may be complete now. */
export function rebalance(step: Step, group: ClassicGroup): void {
  if (group.state === 'PreparingRebalance') completeJoinIfAllJoined(step, group);
  else prepareRebalance(step, group);
}

export function prepareRebalance(step: Step, group: ClassicGroup): void {
  const { config, now, soft } = step;
  if (group.state === 'CompletingRebalance') abandonSync(step, group, ErrorCode.REBALANCE_IN_PROGRESS);
  soft.deadlines.cancel(group.syncDeadline);
  const isInitial = group.state === 'Empty';
  group.transitionTo('PreparingRebalance', now);
  if (isInitial) {
    const delayMs = config.initialRebalanceDelayMs;
    group.initialDelay = { delayMs, remainingMs: Math.max(group.rebalanceTimeoutMs - delayMs, 0) };
    soft.deadlines.set(group.joinDeadline, now + delayMs);
  } else if (group.allMembersJoined) {
    completeJoin(step, group);
  } else {
    soft.deadlines.set(group.joinDeadline, now + group.rebalanceTimeoutMs);
  }
}

/** Nobody keeps what was assigned; whoever waits for it is told so, and its session begins again. */
export function abandonSync(step: Step, group: ClassicGroup, errorCode: number): void {
  for (const member of group.members.values()) {
    member.assignment = Buffer.alloc(0);
    if (refuseAssignment(step, member, errorCode)) watchSession(step, member);
  }
}

/** An initial rebalance waits for its delay, whoever has joined. */
export function completeJoinIfAllJoined(step: Step, group: ClassicGroup): void {
  if (group.state !== 'PreparingRebalance' || group.previousState === 'Empty' || !group.allMembersJoined) return;
  completeJoin(step, group);
}

/** An initial rebalance goes on for another delay while members come, up to the rebalance timeout. */
export function joinDeadlineReached(step: Step, group: ClassicGroup): void {
  const { initialDelay } = group;
  if (initialDelay === undefined || !group.newMemberAdded || initialDelay.remainingMs === 0) {
    completeJoin(step, group);
    return;
  }
  group.newMemberAdded = false;
  const delayMs = Math.min(step.config.initialRebalanceDelayMs, initialDelay.remainingMs);
  group.initialDelay = { delayMs, remainingMs: Math.max(initialDelay.remainingMs - initialDelay.delayMs, 0) };
  step.soft.deadlines.set(group.joinDeadline, step.now + delayMs);
}

/** The next generation: those who rejoined, and static members, who may be away for a while. */
function completeJoin(step: Step, group: ClassicGroup): void {
  const { deadlines } = step.soft;
  deadlines.cancel(group.joinDeadline);
  group.initialDelay = undefined;
  for (const member of [...group.members.values()]) {
    if (member.waitingJoin === undefined && member.groupInstanceId === null) removeMember(step, group, member);
  }
  if (!group.electJoinedLeader() && group.members.size > 0) {
    // Static members only, and none is back: wait on, until one is or their sessions end.
    deadlines.set(group.joinDeadline, step.now + Math.max(group.rebalanceTimeoutMs, 1));
    return;
  }
  group.beginGeneration(step.now);
  if (group.state === 'Empty') {
    step.writeGroup(group);
    return;
  }
  for (const member of group.members.values()) {
    answerJoin(step, group, member, joined(group, member));
    watchSession(step, member);
    member.isNew = false;
    group.pendingSync.add(member.memberId);
  }
  deadlines.set(group.syncDeadline, step.now + group.rebalanceTimeoutMs);
}

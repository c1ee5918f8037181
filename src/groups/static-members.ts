/** A static member (KIP-345) that comes back without its member id: after a restart, or as a second instance. */
import { ErrorCode } from '../wire/index.ts';
import { answerJoin, joined, refuseAssignment, refusedJoin } from './answers.ts';
import type { Member } from './classic-group.ts';
import { update, type Joining } from './join-request.ts';
import { watchSession } from './members.ts';
import { completeJoinIfAllJoined, prepareRebalance, rebalance } from './rebalancing.ts';
import { isWritable } from './storable.ts';

/** It gets a new id and keeps its place; whoever still uses the old id is fenced. */
export function replaceStaticMember(joining: Joining, old: Member, newMemberId: string): void {
  const { step, group } = joining;
  const formerLeader = group.leaderId;
  step.soft.deadlines.cancel(old.session);
  answerJoin(step, group, old, refusedJoin(ErrorCode.FENCED_INSTANCE_ID, old.memberId));
  refuseAssignment(step, old, ErrorCode.FENCED_INSTANCE_ID);
  const member = group.replace(old, newMemberId);
  watchSession(step, member);
  update(joining, member);
  switch (group.state) {
    case 'Stable':
      if (group.selectProtocol() === group.protocolName && isWritable(group, step.config.maxRecordBytes))
        keepAssignment(joining, member, formerLeader);
      else rebalance(step, group);
      return;
    case 'CompletingRebalance':
      // The leader may be assigning to the old id at this moment.
      prepareRebalance(step, group);
      return;
    case 'PreparingRebalance':
      completeJoinIfAllJoined(step, group);
      return;
    case 'Empty':
      return;
  }
}

/** No rebalance: the group goes on with the assignment it has. */
function keepAssignment({ step, group, context }: Joining, member: Member, formerLeader: string | null): void {
  step.writeGroup(group);
  const response = joined(group, member);
  // KIP-814: a leader sees the group, and is not to assign anew. Older ones must not take themselves for the leader.
  if (context.version >= 9)
    answerJoin(step, group, member, { ...response, skipAssignment: group.leaderId === member.memberId });
  else answerJoin(step, group, member, { ...response, members: [], leader: formerLeader ?? '' });
}

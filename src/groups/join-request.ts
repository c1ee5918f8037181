import { ErrorCode } from '../wire/index.ts';
import type { JoinGroupRequest } from '../wire/messages/index.ts';
import { refusedJoin, replyToJoin } from './answers.ts';
import type { ClassicGroup, Member, Protocol, Waiting } from './classic-group.ts';
import type { RequestContext } from './group-requests.ts';
import type { Step } from './step.ts';

/** A JoinGroup, and the group it is about. */
export interface Joining {
  readonly step: Step;
  readonly group: ClassicGroup;
  readonly request: JoinGroupRequest;
  readonly context: RequestContext;
  readonly waiting: Waiting;
}

/** What the request says about its member. */
export function asked({
  request,
  context,
}: Joining): Pick<Member, 'protocols' | 'rebalanceTimeoutMs' | 'sessionTimeoutMs'> {
  const names = new Set<string>();
  const protocols: Protocol[] = [];
  for (const { name, metadata } of request.protocols) {
    if (names.has(name)) continue;
    names.add(name);
    // A view would pin the frame for as long as the member lives.
    protocols.push({ name, metadata: Buffer.from(metadata) });
  }
  return {
    protocols,
    // Version 0 knew one timeout only.
    rebalanceTimeoutMs: context.version === 0 ? request.sessionTimeoutMs : request.rebalanceTimeoutMs,
    sessionTimeoutMs: request.sessionTimeoutMs,
  };
}

/** The member takes over what the request says, and waits for its answer. */
export function update(joining: Joining, member: Member): void {
  const { step, group, waiting } = joining;
  const { protocols, rebalanceTimeoutMs, sessionTimeoutMs } = asked(joining);
  group.setProtocols(member, protocols);
  member.rebalanceTimeoutMs = rebalanceTimeoutMs;
  member.sessionTimeoutMs = sessionTimeoutMs;
  // Its client gave up waiting for the earlier request and asked again. (Kafka never answers the earlier one.)
  if (member.waitingJoin !== undefined)
    replyToJoin(step, member.waitingJoin, refusedJoin(ErrorCode.REBALANCE_IN_PROGRESS, member.memberId));
  group.setWaitingJoin(member, waiting);
}

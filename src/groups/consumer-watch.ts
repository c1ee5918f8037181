/** What a coordinator watches of consumer groups, beyond the log: who is to be heard of until when. */
import type { Topics } from '../metadata/index.ts';
import type { Group } from './consumer-group.ts';
import { groupTombstones } from './consumer-group-records.ts';
import { deadline, type Deadline } from './deadlines.ts';
import type { Due, Step } from './step.ts';

export interface GroupWatch {
  readonly members: Map<string, MemberWatch>;
  /** The topics that the group's metadata hash was last made of. Others now: the hash may have changed. */
  topics: Topics | undefined;
  /** Expressions that are being matched against the topics. */
  resolving: readonly string[];
  readonly regexes: Deadline<Due>;
}

export interface MemberWatch {
  readonly session: Deadline<Due>;
  /** For a member that is to give up partitions, until when; and at which epoch it was then. */
  readonly rebalance: Deadline<Due>;
  rebalanceEpoch: number;
  /** For a member of the classic protocol: until when it is to join again, and to ask for its assignment. */
  readonly join: Deadline<Due>;
  readonly sync: Deadline<Due>;
}

export function groupWatch(step: Step, groupId: string): GroupWatch {
  const { consumer } = step.soft;
  let watch = consumer.get(groupId);
  if (watch === undefined) {
    const regexes = deadline<Due>({ kind: 'consumerRegexes', groupId });
    watch = { members: new Map(), topics: undefined, resolving: [], regexes };
    consumer.set(groupId, watch);
  }
  return watch;
}

function memberWatch(step: Step, groupId: string, memberId: string): MemberWatch {
  const { members } = groupWatch(step, groupId);
  let watch = members.get(memberId);
  if (watch === undefined) {
    const rebalance = { rebalanceEpoch: 0 };
    const due = { kind: 'consumerMember', groupId, memberId } as const;
    watch = Object.assign(rebalance, {
      session: deadline<Due>(due),
      rebalance: deadline<Due>({ kind: 'consumerRebalance', groupId, memberId, watch: rebalance }),
      join: deadline<Due>(due),
      sync: deadline<Due>(due),
    });
    members.set(memberId, watch);
  }
  return watch;
}

/** It was heard of: its session begins again. */
export function watchMember(step: Step, groupId: string, memberId: string, timeoutMs?: number): void {
  const sessionTimeoutMs = timeoutMs ?? step.config.consumer.sessionTimeoutMs(groupId);
  step.soft.deadlines.set(memberWatch(step, groupId, memberId).session, step.now + sessionTimeoutMs);
}

/** It is to give up partitions by then, or it is out. */
export function watchRevocation(
  step: Step,
  groupId: string,
  member: { readonly memberId: string; readonly memberEpoch: number; readonly rebalanceTimeoutMs: number },
): void {
  const watch = memberWatch(step, groupId, member.memberId);
  watch.rebalanceEpoch = member.memberEpoch;
  step.soft.deadlines.set(watch.rebalance, step.now + member.rebalanceTimeoutMs);
}

export function unwatchRevocation(step: Step, groupId: string, memberId: string): void {
  step.soft.deadlines.cancel(memberWatch(step, groupId, memberId).rebalance);
}

/** A member of the classic protocol was told to join again: the time for it runs from when it was told first. */
export function watchJoin(step: Step, groupId: string, memberId: string, timeoutMs: number): void {
  const { join } = memberWatch(step, groupId, memberId);
  if (join.atMs === Infinity) step.soft.deadlines.set(join, step.now + timeoutMs);
}

/** It has joined, and is to ask for its assignment. */
export function watchSync(step: Step, groupId: string, memberId: string, timeoutMs: number): void {
  const { join, sync } = memberWatch(step, groupId, memberId);
  step.soft.deadlines.cancel(join);
  step.soft.deadlines.set(sync, step.now + timeoutMs);
}

export function unwatchSync(step: Step, groupId: string, memberId: string): void {
  step.soft.deadlines.cancel(memberWatch(step, groupId, memberId).sync);
}

export function unwatchMember(step: Step, groupId: string, memberId: string): void {
  const members = step.soft.consumer.get(groupId)?.members;
  const watch = members?.get(memberId);
  if (watch === undefined) return;
  for (const each of [watch.session, watch.rebalance, watch.join, watch.sync]) step.soft.deadlines.cancel(each);
  members?.delete(memberId);
}

/** An empty group is gone, but for its offsets. */
export function dropConsumerGroup(step: Step, groupId: string, group: Group): void {
  for (const record of groupTombstones(groupId, group)) step.records.push(record);
  unwatchGroup(step, groupId);
}

/** The group is gone, or is no consumer group any more. */
export function unwatchGroup(step: Step, groupId: string): void {
  const watch = step.soft.consumer.get(groupId);
  if (watch === undefined) return;
  for (const memberId of [...watch.members.keys()]) unwatchMember(step, groupId, memberId);
  step.soft.deadlines.cancel(watch.regexes);
  step.soft.consumer.delete(groupId);
}

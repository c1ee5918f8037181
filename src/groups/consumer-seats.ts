/** Who asks, of which group: the group is found or made, the member too, and whoever has no right to speak is refused. */
import { ErrorCode } from '../wire/index.ts';
import { groupWith, newConsumerGroup, type Group } from './consumer-group.ts';
import {
  memberAssignmentRecord,
  memberRecord,
  memberTargetRecord,
  memberTombstones,
} from './consumer-group-records.ts';
import { AWAY_EPOCH, newMember, type Member } from './consumer-member.ts';
import type { GroupChange } from './group-change.ts';
import type { ListedPartitions } from './partitions.ts';
import { Refusal } from './refusal.ts';
import type { Step } from './step.ts';
import { upgrade } from './upgrading.ts';

/** A member, and the group as it is with it. */
export interface Seat {
  readonly group: Group;
  readonly member: Member;
}

/** Whoever joins may make a group, or have a classic one converted. */
export function consumerGroupFor(
  step: Step,
  change: GroupChange,
  groupId: string,
  isJoining: boolean,
): Group | Refusal {
  const group = step.consumerGroup(groupId);
  if (group !== undefined) return group;
  const classic = step.group(groupId);
  if (classic === undefined) return isJoining ? newConsumerGroup() : notFound(`Consumer group ${groupId} not found.`);
  if (!isJoining) return notFound(`Group ${groupId} is not a consumer group.`);
  if (classic.state !== 'Empty') return upgrade(step, change, classic);
  // Its offsets stay.
  change.write({ type: 'groupMetadata', groupId, value: null });
  change.then(() => step.letGo(groupId));
  return newConsumerGroup();
}

/** The group that there is, to look at or to leave. */
export function existingConsumerGroup(step: Step, groupId: string): Group | Refusal {
  const group = step.consumerGroup(groupId);
  if (group !== undefined) return group;
  const isThere = step.group(groupId) !== undefined;
  return notFound(isThere ? `Group ${groupId} is not a consumer group.` : `Group ${groupId} not found.`);
}

const notFound = (why: string): Refusal => new Refusal(ErrorCode.GROUP_ID_NOT_FOUND, why);

export function refusalIfFull(step: Step, group: Group, memberId: string): Refusal | undefined {
  const { maxSize } = step.config.consumer;
  if (group.members.size < maxSize || group.members.has(memberId)) return undefined;
  return new Refusal(
    ErrorCode.GROUP_MAX_SIZE_REACHED,
    `The consumer group has reached its maximum capacity of ${maxSize} members.`,
  );
}

export interface Asking {
  readonly groupId: string;
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly isJoining: boolean;
  /** What a member of the consumer protocol says of itself; undefined for one of the classic protocol. */
  readonly reported: { readonly memberEpoch: number; readonly owned: readonly ListedPartitions[] | null } | undefined;
}

export function seatOf(change: GroupChange, group: Group, asking: Asking): Seat | Refusal {
  return asking.instanceId === null
    ? dynamicSeat(group, asking)
    : staticSeat(change, group, { ...asking, instanceId: asking.instanceId });
}

function dynamicSeat(group: Group, asking: Asking): Seat | Refusal {
  const { groupId, memberId, isJoining } = asking;
  const member = group.members.get(memberId) ?? (isJoining ? newMember(memberId) : undefined);
  if (member === undefined) return unknownMember(`Member ${memberId} is not a member of group ${groupId}.`);
  return refusalOfEpoch(member, asking) ?? { group, member };
}

function staticSeat(
  change: GroupChange,
  group: Group,
  asking: Asking & { readonly instanceId: string },
): Seat | Refusal {
  const { groupId, memberId, instanceId, isJoining, reported } = asking;
  const present = staticMember(group, instanceId);
  if (!isJoining) {
    const member = present ?? unknownMember(`Instance id ${instanceId} is unknown.`);
    if (member instanceof Refusal) return member;
    return refusalIfFenced(member, memberId, instanceId) ?? refusalOfEpoch(member, asking) ?? { group, member };
  }
  if (present === undefined) return { group, member: group.members.get(memberId) ?? newMember(memberId) };
  const isOfSameProtocol = reported !== undefined && present.classic === null;
  if (isOfSameProtocol && present.memberEpoch !== AWAY_EPOCH)
    return new Refusal(
      ErrorCode.UNRELEASED_INSTANCE_ID,
      `Static member ${memberId} with instance id ${instanceId} cannot join the group because the instance id is owned by ${present.memberId} member.`,
    );
  // It takes over what its predecessor had, and was to have.
  const member = { ...present, memberId, memberEpoch: 0, previousMemberEpoch: 0 };
  const records = [
    ...memberTombstones(groupId, present.memberId),
    memberRecord(groupId, member),
    memberTargetRecord(groupId, memberId, group.targets.get(present.memberId) ?? new Map<string, Set<number>>()),
    memberAssignmentRecord(groupId, member),
  ];
  change.write(...records);
  return { group: groupWith(group, records), member };
}

export function staticMember(group: Group, instanceId: string): Member | undefined {
  return group.members.get(group.staticMembers.get(instanceId) ?? '');
}

export const unknownMember = (why: string): Refusal => new Refusal(ErrorCode.UNKNOWN_MEMBER_ID, why);

export function refusalIfFenced(member: Member, memberId: string, instanceId: string): Refusal | undefined {
  if (member.memberId === memberId) return undefined;
  return new Refusal(
    ErrorCode.FENCED_INSTANCE_ID,
    `Static member ${memberId} with instance id ${instanceId} was fenced by member ${member.memberId}.`,
  );
}

/** One epoch back is all right while the answer that told the new one may be lost: what it owns is still its own then. */
function refusalOfEpoch(member: Member, { reported }: Asking): Refusal | undefined {
  if (reported === undefined || reported.memberEpoch === 0) return undefined;
  const { memberEpoch, owned } = reported;
  if (memberEpoch > member.memberEpoch) return fenced('greater', memberEpoch, member);
  if (memberEpoch === member.memberEpoch) return undefined;
  if (memberEpoch === member.previousMemberEpoch && owned !== null && owns(member, owned)) return undefined;
  return fenced('smaller', memberEpoch, member);
}

function owns(member: Member, owned: readonly ListedPartitions[]): boolean {
  return owned.every(({ topicId, partitions }) => {
    const assigned = member.assigned.get(topicId);
    return assigned !== undefined && partitions.every((partition) => assigned.has(partition));
  });
}

function fenced(how: string, memberEpoch: number, member: Member): Refusal {
  return new Refusal(
    ErrorCode.FENCED_MEMBER_EPOCH,
    `The consumer group member has a ${how} member epoch (${memberEpoch}) than the one known by the group coordinator (${member.memberEpoch}). The member must abandon all its partitions and rejoin.`,
  );
}

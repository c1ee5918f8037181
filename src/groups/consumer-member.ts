/** A member of a consumer group (KIP-848), as its records make it. */
import type { Reading } from '../coordinator/index.ts';
import type {
  ConsumerGroupCurrentMemberAssignmentValue,
  ConsumerGroupMemberMetadataValue,
} from '../wire/messages/logs/index.ts';
import { sorted } from './partitions.ts';

/** Epochs that are no count. */
export const LEAVING_EPOCH = -1;
/** Of a static member that is away and keeps its seat (KIP-345). */
export const AWAY_EPOCH = -2;

/** How far a member is on its way to what it is to own. The numbers are those of the log. */
export const MemberState = {
  /** It has what it may have at its epoch. */
  stable: 0,
  /** It is to give up partitions, and did not say yet that it has. */
  unrevokedPartitions: 1,
  /** It waits for partitions that others have not given up yet. */
  unreleasedPartitions: 2,
} as const;

/** Partitions by topic id; each with the epoch at which the member got it. */
export type OwnedPartitions = Map<string, Map<number, number>>;

export interface ConsumerMember {
  readonly memberId: string;
  readonly memberEpoch: number;
  readonly previousMemberEpoch: number;
  /** One of MemberState's; a later release may write others. */
  readonly state: number;
  readonly instanceId: string | null;
  readonly rackId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  readonly rebalanceTimeoutMs: number;
  /** Each once, in order of the alphabet. */
  readonly subscribedTopicNames: readonly string[];
  /** Empty or null: none. */
  readonly subscribedTopicRegex: string | null;
  readonly serverAssignor: string | null;
  /** Not null: it speaks the classic protocol. The first protocol is the one that was told to it. */
  readonly classic: ConsumerGroupMemberMetadataValue['classicMemberMetadata'];
  readonly assigned: OwnedPartitions;
  readonly pendingRevocation: OwnedPartitions;
}

export type Member = Reading<ConsumerMember>;

export function newMember(memberId: string): ConsumerMember {
  return {
    memberId,
    memberEpoch: 0,
    previousMemberEpoch: -1,
    state: MemberState.stable,
    instanceId: null,
    rackId: null,
    clientId: '',
    clientHost: '',
    rebalanceTimeoutMs: -1,
    subscribedTopicNames: [],
    subscribedTopicRegex: '',
    serverAssignor: null,
    classic: null,
    assigned: new Map(),
    pendingRevocation: new Map(),
  };
}

/** Whether it has come to this epoch, with all that it is to have there. */
export function isReconciledTo(member: Member, epoch: number): boolean {
  return member.state === MemberState.stable && member.memberEpoch === epoch;
}

/** The expression it subscribes to, if any. */
export function regexOf(member: Member | undefined): string | undefined {
  const regex = member?.subscribedTopicRegex ?? '';
  return regex === '' ? undefined : regex;
}

/** Topic names as a subscription keeps them. */
export function subscriptionTo(topics: readonly string[]): readonly string[] {
  return [...new Set(topics)].sort();
}

/** The member with what its metadata record says. */
export function withMetadata(member: ConsumerMember, value: Reading<ConsumerGroupMemberMetadataValue>): ConsumerMember {
  return {
    ...member,
    instanceId: value.instanceId,
    rackId: value.rackId,
    clientId: value.clientId,
    clientHost: value.clientHost,
    rebalanceTimeoutMs: value.rebalanceTimeoutMs,
    subscribedTopicNames: subscriptionTo(value.subscribedTopicNames),
    subscribedTopicRegex: value.subscribedTopicRegex,
    serverAssignor: value.serverAssignor,
    classic: value.classicMemberMetadata as ConsumerMember['classic'],
  };
}

export function metadataOf(member: Member): Reading<ConsumerGroupMemberMetadataValue> {
  return {
    instanceId: member.instanceId,
    rackId: member.rackId,
    clientId: member.clientId,
    clientHost: member.clientHost,
    subscribedTopicNames: member.subscribedTopicNames,
    subscribedTopicRegex: member.subscribedTopicRegex,
    rebalanceTimeoutMs: member.rebalanceTimeoutMs,
    serverAssignor: member.serverAssignor,
    classicMemberMetadata: member.classic,
  };
}

/** The member with what its assignment record says; null: it has left. */
export function withAssignment(
  member: ConsumerMember,
  value: Reading<ConsumerGroupCurrentMemberAssignmentValue> | null,
): ConsumerMember {
  if (value === null) {
    const epochs = { memberEpoch: LEAVING_EPOCH, previousMemberEpoch: LEAVING_EPOCH };
    return { ...member, ...epochs, assigned: new Map(), pendingRevocation: new Map() };
  }
  const { memberEpoch, previousMemberEpoch, state } = value;
  return {
    ...member,
    memberEpoch,
    previousMemberEpoch,
    state,
    assigned: ownedOf(value.assignedPartitions, memberEpoch),
    pendingRevocation: ownedOf(value.partitionsPendingRevocation, memberEpoch),
  };
}

export function assignmentOf(member: Member): Reading<ConsumerGroupCurrentMemberAssignmentValue> {
  return {
    memberEpoch: member.memberEpoch,
    previousMemberEpoch: member.previousMemberEpoch,
    state: member.state,
    assignedPartitions: listed(member.assigned),
    partitionsPendingRevocation: listed(member.pendingRevocation),
  };
}

type Listed = ConsumerGroupCurrentMemberAssignmentValue['assignedPartitions'];

function listed(owned: Reading<OwnedPartitions>): Listed {
  return [...owned].map(([topicId, epochs]) => {
    const partitions = sorted(epochs.keys());
    return { topicId, partitions, assignmentEpochs: partitions.map((partition) => epochs.get(partition) ?? 0) };
  });
}

/** Records of Kafka before 4.3 have no epochs of single partitions: the member's counts. */
function ownedOf(topics: Reading<Listed>, memberEpoch: number): OwnedPartitions {
  return new Map(
    topics.map(({ topicId, partitions, assignmentEpochs }) => {
      const epochs = assignmentEpochs?.length === partitions.length ? assignmentEpochs : undefined;
      return [topicId, new Map(partitions.map((partition, i) => [partition, epochs?.[i] ?? Math.max(memberEpoch, 0)]))];
    }),
  );
}

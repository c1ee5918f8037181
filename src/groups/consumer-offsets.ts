/** Who may commit and read the offsets of a consumer group (ConsumerGroup.validateOffsetCommit and validateOffsetFetch). */
import { ErrorCode } from '../wire/index.ts';
import type { Group } from './consumer-group.ts';
import type { Member } from './consumer-member.ts';

/** The first version of OffsetCommit that knows member epochs. */
const FIRST_WITH_MEMBER_EPOCH = 9;

interface Committing {
  readonly memberId: string;
  readonly memberEpoch: number;
  /** Of OffsetCommit; undefined for TxnOffsetCommit. */
  readonly version: number | undefined;
  /** Whether it gave a group instance id. */
  readonly isStatic: boolean;
}

/** What one partition may be committed for: an error code. */
export type CommitCheck = (topicId: string, partition: number) => number;

const ANY: CommitCheck = () => ErrorCode.NONE;

/** An error code, or how each partition is to be checked. */
export function checkConsumerCommit(group: Group, committing: Committing): CommitCheck | number {
  const { memberId, memberEpoch, version, isStatic } = committing;
  // An admin client may, while nobody is there.
  if (memberEpoch < 0 && group.members.size === 0) return ANY;
  if (version === undefined && memberEpoch === -1 && memberId === '' && !isStatic) return ANY;
  const member = group.members.get(memberId);
  if (member === undefined) return ErrorCode.UNKNOWN_MEMBER_ID;
  if (version !== undefined && version < FIRST_WITH_MEMBER_EPOCH && member.classic === null)
    return ErrorCode.UNSUPPORTED_VERSION;
  if (memberEpoch === member.memberEpoch) return ANY;
  const stale = staleErrorOf(member);
  if (memberEpoch > member.memberEpoch) return stale;
  // Of an epoch that is past, it may commit what it has owned since then.
  return (topicId, partition) => {
    const since = member.assigned.get(topicId)?.get(partition) ?? member.pendingRevocation.get(topicId)?.get(partition);
    return since === undefined || memberEpoch < since ? stale : ErrorCode.NONE;
  };
}

const staleErrorOf = ({ classic }: Member): number =>
  classic === null ? ErrorCode.STALE_MEMBER_EPOCH : ErrorCode.ILLEGAL_GENERATION;

/** Whoever says who they are must be it, of now. */
export function checkConsumerFetch(group: Group, memberId: string | null, memberEpoch: number): number {
  if (memberId === null && memberEpoch < 0) return ErrorCode.NONE;
  const member = group.members.get(memberId ?? '');
  if (member === undefined) return ErrorCode.UNKNOWN_MEMBER_ID;
  return memberEpoch === member.memberEpoch ? ErrorCode.NONE : staleErrorOf(member);
}

/** The first error that the partitions of a request get, or NONE. */
export function firstRefusal(
  check: CommitCheck,
  topics: readonly {
    readonly topicId: string;
    readonly partitions: readonly { readonly partitionIndex: number }[];
  }[],
): number {
  for (const { topicId, partitions } of topics) {
    for (const { partitionIndex } of partitions) {
      const errorCode = check(topicId, partitionIndex);
      if (errorCode !== ErrorCode.NONE) return errorCode;
    }
  }
  return ErrorCode.NONE;
}

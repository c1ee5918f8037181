/** OffsetFetch 1-10, one group at a time (OffsetMetadataManager.fetchOffsets and fetchAllOffsets). */
import { ZERO_UUID } from '../base/index.ts';
import type { Reading, Ticket } from '../coordinator/index.ts';
import { ErrorCode } from '../wire/index.ts';
import type { OffsetCommitValue } from '../wire/messages/logs/index.ts';
import { checkConsumerFetch } from './consumer-offsets.ts';
import type { GroupApis, GroupRequest, OffsetFetchTopic } from './group-requests.ts';
import type { GroupState } from './group-state.ts';
import { isUnstable, type PendingOffsets } from './pending-offsets.ts';
import type { Step } from './step.ts';

type Topic = GroupApis['offsetFetch']['response']['topics'][number];
type Partition = Topic['partitions'][number];

/**
 * `requireStable` (KIP-447) answers UNSTABLE_OFFSET_COMMIT where an open transaction may still change the offset. A classic
 * group asks nothing of who reads its offsets: member id and epoch are KIP-848's.
 */
export function offsetFetch(step: Step, ticket: Ticket, { request }: GroupRequest<'offsetFetch'>): void {
  const { groupId, topics, requireStable } = request;
  const group = step.hard.groups.get(groupId);
  const pending = requireStable && group !== undefined ? group.pending : NONE_PENDING;
  const errorCode =
    group?.consumer === undefined
      ? ErrorCode.NONE
      : checkConsumerFetch(group.consumer, request.memberId, request.memberEpoch);
  if (errorCode !== ErrorCode.NONE) {
    step.answer(ticket, 'offsetFetch', { groupId, topics: [], errorCode });
    return;
  }
  step.answer(ticket, 'offsetFetch', {
    groupId,
    topics: topics === null ? allTopics(group, pending) : topics.map((topic) => askedTopic(group, topic, pending)),
    errorCode: ErrorCode.NONE,
  });
}

/** What the offsets asked for must wait for. */
type Pending = ReadonlyMap<number, PendingOffsets>;
const NONE_PENDING: Pending = new Map();

function allTopics(group: Reading<GroupState> | undefined, pending: Pending): Topic[] {
  if (group === undefined) return [];
  return [...group.offsets].map(([name, partitions]) => {
    const [first] = partitions.values();
    return {
      name,
      topicId: first?.topicId ?? ZERO_UUID,
      partitions: [...partitions].map(([partitionIndex, committed]) =>
        isUnstable(pending, name, partitionIndex)
          ? withoutOffset(partitionIndex, ErrorCode.UNSTABLE_OFFSET_COMMIT)
          : found(partitionIndex, committed),
      ),
    };
  });
}

function askedTopic(group: Reading<GroupState> | undefined, topic: OffsetFetchTopic, pending: Pending): Topic {
  const { name, topicId, partitionIndexes } = topic;
  const partitions = group?.offsets.get(name);
  return {
    name,
    topicId,
    partitions: partitionIndexes.map((partitionIndex) => {
      if (isUnstable(pending, name, partitionIndex))
        return withoutOffset(partitionIndex, ErrorCode.UNSTABLE_OFFSET_COMMIT);
      const committed = partitions?.get(partitionIndex);
      if (committed === undefined || isOfAnother(committed.topicId, topicId))
        return withoutOffset(partitionIndex, ErrorCode.NONE);
      return found(partitionIndex, committed);
    }),
  };
}

/** The topic was deleted and made anew: what was committed for the former is no offset of this one. */
function isOfAnother(committedFor: string, asked: string): boolean {
  return committedFor !== ZERO_UUID && asked !== ZERO_UUID && committedFor !== asked;
}

function found(partitionIndex: number, committed: Reading<OffsetCommitValue>): Partition {
  return {
    partitionIndex,
    committedOffset: committed.offset,
    committedLeaderEpoch: committed.leaderEpoch,
    metadata: committed.metadata,
    errorCode: ErrorCode.NONE,
  };
}

function withoutOffset(partitionIndex: number, errorCode: number): Partition {
  return { partitionIndex, committedOffset: -1, committedLeaderEpoch: -1, metadata: '', errorCode };
}

/** OffsetFetch 1-10, one group at a time (OffsetMetadataManager.fetchOffsets and fetchAllOffsets). */
import { ZERO_UUID } from '../base/index.ts';
import type { Reading, Ticket } from '../coordinator/index.ts';
import { ErrorCode } from '../wire/index.ts';
import type { OffsetCommitValue } from '../wire/messages/logs/index.ts';
import type { GroupApis, GroupRequest, OffsetFetchTopic } from './group-requests.ts';
import type { GroupState } from './group-state.ts';
import type { Step } from './step.ts';

type Topic = GroupApis['offsetFetch']['response']['topics'][number];
type Partition = Topic['partitions'][number];

/** A classic group asks nothing of who reads its offsets: member id and epoch are KIP-848's. */
export function offsetFetch(step: Step, ticket: Ticket, { request }: GroupRequest<'offsetFetch'>): void {
  const { groupId, topics } = request;
  const group = step.hard.groups.get(groupId);
  step.answer(ticket, 'offsetFetch', {
    groupId,
    topics: topics === null ? allTopics(group) : topics.map((topic) => askedTopic(group, topic)),
    errorCode: ErrorCode.NONE,
  });
}

function allTopics(group: Reading<GroupState> | undefined): Topic[] {
  if (group === undefined) return [];
  return [...group.offsets].map(([name, partitions]) => {
    const [first] = partitions.values();
    return {
      name,
      topicId: first?.topicId ?? ZERO_UUID,
      partitions: [...partitions].map(([partitionIndex, committed]) => found(partitionIndex, committed)),
    };
  });
}

function askedTopic(group: Reading<GroupState> | undefined, topic: OffsetFetchTopic): Topic {
  const { name, topicId, partitionIndexes } = topic;
  const partitions = group?.offsets.get(name);
  return {
    name,
    topicId,
    partitions: partitionIndexes.map((partitionIndex) => {
      const committed = partitions?.get(partitionIndex);
      if (committed === undefined || isOfAnother(committed.topicId, topicId)) return notFound(partitionIndex);
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

function notFound(partitionIndex: number): Partition {
  return {
    partitionIndex,
    committedOffset: -1,
    committedLeaderEpoch: -1,
    metadata: '',
    errorCode: ErrorCode.NONE,
  };
}

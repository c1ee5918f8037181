/**
 * OffsetFetch v1-10: stored positions of groups.
 *
 * v2 takes null for all topics and has an error for the whole group; v5 carries leader epochs; v7 may insist on offsets
 * that no transaction can change (KIP-447); v8 asks for several groups at once (KIP-709); v9 names the member of a KIP-848
 * group; v10 has topics by id.
 */
import { ZERO_UUID } from '../../base/index.ts';
import type { MetadataImage } from '../../metadata/index.ts';
import { ErrorCode, type Input } from '../../wire/index.ts';
import { OffsetFetchRequest, OffsetFetchResponse } from '../../wire/messages/index.ts';
import type { GroupCoordinator } from '../group-coordinator.ts';
import { api, route, type RequestContext, type Route } from '../route.ts';

const FIRST_WITH_GROUP_ERROR = 2;
const FIRST_WITH_GROUPS = 8;
const FIRST_BY_TOPIC_ID = 10;

type Group = OffsetFetchRequest['groups'][number];
type GroupAnswer = NonNullable<Input<typeof OffsetFetchResponse>['groups']>[number];
type TopicAnswer = GroupAnswer['topics'][number];

const nothing = (partitionIndex: number, errorCode: number) => ({
  partitionIndex,
  committedOffset: -1,
  committedLeaderEpoch: -1,
  metadata: '',
  errorCode,
});

export function offsetFetch(rooms: { readonly groups: GroupCoordinator; readonly image: () => MetadataImage }): Route {
  return route(
    api(OffsetFetchRequest, OffsetFetchResponse),
    { authorize: { operation: 'Describe', resource: 'Group' } },
    async (request, context) => {
      if (context.version >= FIRST_WITH_GROUPS) {
        return {
          groups: await Promise.all(
            request.groups.map((group) => fetchGroup(rooms, group, request.requireStable, context)),
          ),
        };
      }
      return fetchAlone(rooms, request, context);
    },
  );
}

/** Up to v7: one group, whose answer is the whole response. */
async function fetchAlone(
  rooms: { readonly groups: GroupCoordinator; readonly image: () => MetadataImage },
  request: OffsetFetchRequest,
  context: RequestContext,
): Promise<Input<typeof OffsetFetchResponse>> {
  const topics =
    request.topics?.map(({ name, partitionIndexes }) => ({ name, topicId: ZERO_UUID, partitionIndexes })) ?? null;
  const { groupId, requireStable } = request;
  const group = await fetchGroup(rooms, { groupId, memberId: null, memberEpoch: -1, topics }, requireStable, context);
  const errorCode = group.errorCode ?? ErrorCode.NONE;
  if (errorCode !== ErrorCode.NONE && context.version < FIRST_WITH_GROUP_ERROR) {
    return {
      topics: (topics ?? []).map(({ name, partitionIndexes }) => ({
        name,
        partitions: partitionIndexes.map((index) => nothing(index, errorCode)),
      })),
    };
  }
  return { errorCode, topics: group.topics.map(({ name = '', partitions }) => ({ name, partitions })) };
}

async function fetchGroup(
  rooms: { readonly groups: GroupCoordinator; readonly image: () => MetadataImage },
  { groupId, memberId, memberEpoch, topics }: Group,
  requireStable: boolean,
  context: RequestContext,
): Promise<GroupAnswer> {
  const { topics: existing } = rooms.image();
  const byId = context.version >= FIRST_BY_TOPIC_ID;
  const unknown: TopicAnswer[] = [];
  const wanted = topics?.flatMap((topic) => {
    if (!byId) return [topic];
    const found = existing.byId(topic.topicId);
    if (found !== undefined) return [{ ...topic, name: found.name }];
    unknown.push({
      topicId: topic.topicId,
      partitions: topic.partitionIndexes.map((index) => nothing(index, ErrorCode.UNKNOWN_TOPIC_ID)),
    });
    return [];
  });
  const answer = await rooms.groups.ask(
    'offsetFetch',
    groupId,
    { groupId, memberId, memberEpoch, topics: wanted ?? null, requireStable },
    context,
  );
  if (typeof answer === 'number') return { groupId, errorCode: answer, topics: [] };
  const found = byId
    ? answer.topics.flatMap((topic) => {
        const topicId = existing.byName(topic.name ?? '')?.id;
        // Offsets of a topic that was deleted cannot be told by id.
        return topicId === undefined ? [] : [{ ...topic, topicId }];
      })
    : answer.topics;
  return { ...answer, groupId, topics: [...found, ...unknown] };
}

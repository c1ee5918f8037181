/**
 * OffsetCommit v2-10: stores positions of a group.
 *
 * v2-4 may give a retention time; v6 carries leader epochs; v7 instance ids (KIP-345); v9 members of KIP-848 groups; v10
 * topics by id. Topics that are not there are answered here, the others by the group's coordinator.
 */
import type { MetadataImage } from '../../metadata/index.ts';
import { ErrorCode, type Input } from '../../wire/index.ts';
import { OffsetCommitRequest, OffsetCommitResponse } from '../../wire/messages/index.ts';
import type { GroupCoordinator } from '../group-coordinator.ts';
import { api, route, type Route } from '../route.ts';

const FIRST_BY_TOPIC_ID = 10;

type Topic = OffsetCommitRequest['topics'][number];
type Partition = Topic['partitions'][number];
type TopicAnswer = NonNullable<Input<typeof OffsetCommitResponse>['topics']>[number];

const failed = ({ name, topicId, partitions }: Topic, errorCode: number): TopicAnswer => ({
  name,
  topicId,
  partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode })),
});

export function offsetCommit(rooms: { readonly groups: GroupCoordinator; readonly image: () => MetadataImage }): Route {
  return route(
    api(OffsetCommitRequest, OffsetCommitResponse),
    { authorize: { operation: 'Read', resource: 'Group' } },
    async (request, context) => {
      const { topics } = rooms.image();
      const byId = context.version >= FIRST_BY_TOPIC_ID;
      const known: Topic[] = [];
      const answers: TopicAnswer[] = [];
      for (const topic of request.topics) {
        if (topic.partitions.length === 0) continue;
        const found = byId ? topics.byId(topic.topicId) : topics.byName(topic.name);
        if (found !== undefined) {
          const isThere = ({ partitionIndex }: Partition): boolean => found.partitions[partitionIndex] !== undefined;
          const missing = topic.partitions.filter((partition) => !isThere(partition));
          if (missing.length > 0)
            answers.push(failed({ ...topic, partitions: missing }, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION));
          if (missing.length < topic.partitions.length)
            known.push({
              ...topic,
              name: found.name,
              topicId: found.id,
              partitions: missing.length === 0 ? topic.partitions : topic.partitions.filter(isThere),
            });
        } else answers.push(failed(topic, byId ? ErrorCode.UNKNOWN_TOPIC_ID : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION));
      }
      if (known.length > 0 || request.topics.length === 0) {
        const answer = await rooms.groups.ask('offsetCommit', request.groupId, { ...request, topics: known }, context);
        const told = typeof answer === 'number' ? known.map((topic) => failed(topic, answer)) : answer.topics;
        return { topics: answers.length === 0 ? [...told] : merged([...answers, ...told], byId) };
      }
      return { topics: answers };
    },
  );
}

/** One answer for each topic, of which a part has been answered here. */
function merged(answers: readonly TopicAnswer[], byId: boolean): TopicAnswer[] {
  const byTopic = new Map<string | undefined, TopicAnswer>();
  for (const answer of answers) {
    const key = byId ? answer.topicId : answer.name;
    const before = byTopic.get(key);
    byTopic.set(
      key,
      before === undefined ? answer : { ...answer, partitions: [...before.partitions, ...answer.partitions] },
    );
  }
  return [...byTopic.values()];
}

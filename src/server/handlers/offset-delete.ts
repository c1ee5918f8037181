/**
 * OffsetDelete v0: removes committed offsets of topics that the group's members do not subscribe to (KIP-496).
 * Partitions that are not there are answered here, the others by the group's coordinator.
 */
import type { MetadataImage } from '../../metadata/index.ts';
import { ErrorCode } from '../../wire/index.ts';
import { OffsetDeleteRequest, OffsetDeleteResponse } from '../../wire/messages/index.ts';
import type { GroupCoordinator } from '../group-coordinator.ts';
import { api, route, type Route } from '../route.ts';

export function offsetDelete(rooms: { readonly groups: GroupCoordinator; readonly image: () => MetadataImage }): Route {
  return route(
    api(OffsetDeleteRequest, OffsetDeleteResponse),
    { authorize: { operation: 'Delete', resource: 'Group' } },
    async (request, context) => {
      const { groupId } = request;
      if (groupId === '') return { errorCode: ErrorCode.INVALID_GROUP_ID, topics: [] };
      const { topics: existing } = rooms.image();
      const asked = request.topics.map(({ name, partitions }) => {
        const found = existing.byName(name)?.partitions;
        return {
          name,
          known: partitions.filter(({ partitionIndex }) => found?.[partitionIndex] !== undefined),
          missing: partitions.filter(({ partitionIndex }) => found?.[partitionIndex] === undefined),
        };
      });
      const missing = asked
        .filter((topic) => topic.missing.length > 0)
        .map((topic) => ({
          name: topic.name,
          partitions: topic.missing.map((partition) => ({
            ...partition,
            errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
          })),
        }));
      const topics = asked
        .filter((topic) => topic.known.length > 0)
        .map(({ name, known }) => ({ name, partitions: known }));
      const answer = await rooms.groups.ask('offsetDelete', groupId, { groupId, topics }, context);
      if (typeof answer === 'number') return { errorCode: answer, topics: [] };
      if (answer.errorCode !== ErrorCode.NONE) return answer;
      const answers = answer.topics.map(({ name, partitions }) => {
        const rest = missing.find((topic) => topic.name === name)?.partitions ?? [];
        return { name, partitions: [...partitions, ...rest] };
      });
      const others = missing.filter(({ name }) => !answers.some((topic) => topic.name === name));
      return { ...answer, topics: [...answers, ...others] };
    },
  );
}

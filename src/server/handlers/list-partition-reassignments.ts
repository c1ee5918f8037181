/** ListPartitionReassignments v0: the partitions that are on their way to other replicas, of those asked for or (null) of all. */
import type { MetadataImage, Topic } from '../../metadata/index.ts';
import { ErrorCode } from '../../wire/index.ts';
import { ListPartitionReassignmentsRequest, ListPartitionReassignmentsResponse } from '../../wire/messages/index.ts';
import { api, route, type Route } from '../route.ts';

export function listPartitionReassignments({ image }: { readonly image: () => MetadataImage }): Route {
  return route(
    api(ListPartitionReassignmentsRequest, ListPartitionReassignmentsResponse),
    { authorize: { operation: 'Describe', resource: 'Cluster' } },
    ({ topics: asked }) => {
      const { topics } = image();
      const found =
        asked === null
          ? [...topics].map((topic) => ongoing(topic, topic.partitions.keys()))
          : asked.map(({ name, partitionIndexes }) => ongoing(topics.byName(name), partitionIndexes));
      return {
        errorCode: ErrorCode.NONE,
        errorMessage: null,
        topics: found.filter(({ partitions }) => partitions.length > 0),
      };
    },
  );
}

function ongoing(topic: Topic | undefined, indexes: Iterable<number>) {
  const partitions = [...indexes].flatMap((index) => {
    const partition = topic?.partitions[index];
    if (partition === undefined) return [];
    const { replicas, addingReplicas, removingReplicas } = partition;
    if (addingReplicas.length === 0 && removingReplicas.length === 0) return [];
    return {
      partitionIndex: index,
      replicas: [...replicas],
      addingReplicas: [...addingReplicas],
      removingReplicas: [...removingReplicas],
    };
  });
  return { name: topic?.name ?? '', partitions };
}

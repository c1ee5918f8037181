/**
 * AlterReplicaLogDirs v1-2: moves replicas of this broker to other directories (KIP-113). The answer says that a move has begun;
 * DescribeLogDirs shows how far it is. Of a partition that is named twice the last directory counts.
 */
import type { Replicas } from '../../replication/index.ts';
import { AlterReplicaLogDirsRequest, AlterReplicaLogDirsResponse } from '../../wire/messages/index.ts';
import { api, route, type Route } from '../route.ts';

export function alterReplicaLogDirs({ replicas }: { readonly replicas: Replicas }): Route {
  return route(
    api(AlterReplicaLogDirsRequest, AlterReplicaLogDirsResponse),
    { authorize: { operation: 'Alter', resource: 'Cluster' } },
    ({ dirs }) => {
      const wanted = new Map<string, Map<number, string>>();
      for (const { path, topics } of dirs) {
        for (const { name, partitions } of topics) {
          const paths = wanted.get(name) ?? new Map<number, string>();
          for (const partition of partitions) paths.set(partition, path);
          if (paths.size > 0) wanted.set(name, paths);
        }
      }
      return {
        results: [...wanted].map(([topicName, paths]) => ({
          topicName,
          partitions: [...paths].map(([partitionIndex, path]) => ({
            partitionIndex,
            errorCode: replicas.move(topicName, partitionIndex, path),
          })),
        })),
      };
    },
  );
}

/**
 * OffsetForLeaderEpoch v2-4: where a leader epoch ends in this log (KIP-101, KIP-320), for those who must find out from
 * where on their log or their position is not ours. (-1, -1) for an epoch that is not known, such as a future one.
 */
import type { Replicas } from '../../replication/index.ts';
import { ErrorCode } from '../../wire/index.ts';
import { OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse } from '../../wire/messages/index.ts';
import { api, route, type Route } from '../route.ts';

export function offsetForLeaderEpoch({ replicas }: { readonly replicas: Replicas }): Route {
  const look = (topic: string, partition: number, currentLeaderEpoch: number, wantedEpoch: number) => {
    const leader = replicas.leader(topic, partition);
    if (typeof leader === 'number') return { errorCode: leader, partition };
    const fenced = leader.checkEpoch(currentLeaderEpoch);
    if (fenced !== ErrorCode.NONE) return { errorCode: fenced, partition };
    const { leaderEpoch, endOffset } = leader.log.endOffsetForEpoch(wantedEpoch);
    return { errorCode: ErrorCode.NONE, partition, leaderEpoch, endOffset };
  };
  return route(
    api(OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse),
    { authorize: { operation: 'Describe', resource: 'Topic' } },
    ({ topics }) => ({
      topics: topics.map(({ topic, partitions }) => ({
        topic,
        partitions: partitions.map(({ partition, currentLeaderEpoch, leaderEpoch }) =>
          look(topic, partition, currentLeaderEpoch, leaderEpoch),
        ),
      })),
    }),
  );
}

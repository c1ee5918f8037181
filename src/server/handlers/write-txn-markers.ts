/**
 * WriteTxnMarkers v1-2: a transaction coordinator of another broker, or an admin who ends a hanging transaction, has markers
 * written to partitions that are led here. v2 says whether the marker's epoch must be above that of the records.
 */
import type { MarkerChannel } from '../../transactions/index.ts';
import type { Input } from '../../wire/index.ts';
import { WriteTxnMarkersRequest, WriteTxnMarkersResponse } from '../../wire/messages/index.ts';
import { api, route, type Route } from '../route.ts';

type Asked = WriteTxnMarkersRequest['markers'][number];
type Answer = Input<typeof WriteTxnMarkersResponse>['markers'][number];

export function writeTxnMarkers(rooms: { readonly markers: MarkerChannel }): Route {
  return route(
    api(WriteTxnMarkersRequest, WriteTxnMarkersResponse),
    { authorize: { operation: 'ClusterAction', resource: 'Cluster' } },
    async ({ markers }) => ({ markers: await Promise.all(markers.map((marker) => write(rooms.markers, marker))) }),
  );
}

async function write(channel: MarkerChannel, asked: Asked): Promise<Answer> {
  const { producerId, producerEpoch, transactionResult: isCommit, coordinatorEpoch, transactionVersion } = asked;
  const partitions = new Map(asked.topics.map(({ name, partitionIndexes }) => [name, new Set(partitionIndexes)]));
  const marker = { producerId, producerEpoch, isCommit, coordinatorEpoch, transactionVersion, partitions };
  const byTopic = new Map<string, { partitionIndex: number; errorCode: number }[]>();
  for (const { topic, partition: partitionIndex, errorCode } of await channel.write(marker)) {
    const outcomes = byTopic.get(topic) ?? [];
    outcomes.push({ partitionIndex, errorCode });
    byTopic.set(topic, outcomes);
  }
  return { producerId, topics: [...byTopic].map(([name, outcomes]) => ({ name, partitions: outcomes })) };
}

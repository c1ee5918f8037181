/**
 * WriteTxnMarkers v1-2: a transaction coordinator of another broker, or an admin who ends a hanging transaction, has markers
 * written to partitions that are led here. v2 says whether the marker's epoch must be above that of the records.
 */
import type { MarkerChannel, MarkerOutcome } from '../../transactions/index.ts';
import type { Input } from '../../wire/index.ts';
import { WriteTxnMarkersRequest, WriteTxnMarkersResponse } from '../../wire/messages/index.ts';
import { api, route, type Route } from '../route.ts';

type Asked = WriteTxnMarkersRequest['markers'][number];
type Answer = Input<typeof WriteTxnMarkersResponse>['markers'][number];

export function writeTxnMarkers(rooms: { readonly markers: MarkerChannel }): Route {
  return route(
    api(WriteTxnMarkersRequest, WriteTxnMarkersResponse),
    { authorize: { operation: 'ClusterAction', resource: 'Cluster' } },
    async ({ markers }) => {
      const written = await Promise.all(markers.map((marker) => write(rooms.markers, marker)));
      // Of a producer that is named twice each partition is told of once.
      const byProducer = new Map<number, Map<string, Map<number, number>>>();
      for (const [i, outcomes] of written.entries())
        for (const { topic, partition, errorCode } of outcomes) {
          const topics = valueOf(byProducer, (markers[i] as Asked).producerId);
          valueOf(topics, topic).set(partition, errorCode);
        }
      return { markers: [...byProducer].map(([producerId, topics]) => ({ producerId, topics: told(topics) })) };
    },
  );
}

function write(channel: MarkerChannel, asked: Asked): Promise<readonly MarkerOutcome[]> {
  const { producerId, producerEpoch, transactionResult: isCommit, coordinatorEpoch, transactionVersion } = asked;
  const partitions = new Map<string, Set<number>>();
  for (const { name, partitionIndexes } of asked.topics)
    partitions.set(name, new Set([...(partitions.get(name) ?? []), ...partitionIndexes]));
  return channel.write({ producerId, producerEpoch, isCommit, coordinatorEpoch, transactionVersion, partitions });
}

const told = (topics: ReadonlyMap<string, ReadonlyMap<number, number>>): Answer['topics'] =>
  [...topics].map(([name, partitions]) => ({
    name,
    partitions: [...partitions].map(([partitionIndex, errorCode]) => ({ partitionIndex, errorCode })),
  }));

function valueOf<K, Key, Value>(map: Map<K, Map<Key, Value>>, key: K): Map<Key, Value> {
  const value = map.get(key) ?? new Map<Key, Value>();
  map.set(key, value);
  return value;
}

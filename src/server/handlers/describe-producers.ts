/**
 * DescribeProducers v0: the producers that a partition remembers, with their last sequences and open transactions (KIP-664).
 * Asked of the leader. Errors of the topic have a message, those of a partition none, as with Apache Kafka.
 */
import { isValidTopicName, type MetadataImage } from '../../metadata/index.ts';
import type { Replicas } from '../../replication/index.ts';
import { ErrorCode, type Input } from '../../wire/index.ts';
import { DescribeProducersRequest, DescribeProducersResponse } from '../../wire/messages/index.ts';
import { api, route, type Route } from '../route.ts';

type TopicAnswer = NonNullable<Input<typeof DescribeProducersResponse>['topics']>[number];
type PartitionAnswer = NonNullable<TopicAnswer['partitions']>[number];

interface Rooms {
  readonly replicas: Replicas;
  readonly image: () => MetadataImage;
}

export function describeProducers({ replicas, image }: Rooms): Route {
  return route(
    api(DescribeProducersRequest, DescribeProducersResponse),
    { authorize: { operation: 'Read', resource: 'Topic' } },
    ({ topics }) => ({
      topics: topics.map(({ name, partitionIndexes }) => {
        const problem = problemOf(name, image());
        return {
          name,
          partitions: partitionIndexes.map((partitionIndex) => ({
            partitionIndex,
            ...(problem === undefined ? describe(replicas, name, partitionIndex) : { ...problem, activeProducers: [] }),
          })),
        };
      }),
    }),
  );
}

function problemOf(name: string, { topics }: MetadataImage): { errorCode: number; errorMessage: string } | undefined {
  if (topics.byName(name) !== undefined) return undefined;
  return isValidTopicName(name)
    ? { errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, errorMessage: `there is no topic ${name}` }
    : { errorCode: ErrorCode.INVALID_TOPIC_EXCEPTION, errorMessage: 'this is not a name that a topic can have' };
}

function describe(replicas: Replicas, topic: string, partition: number): Omit<PartitionAnswer, 'partitionIndex'> {
  const leader = replicas.leader(topic, partition);
  if (typeof leader === 'number') return { errorCode: leader, activeProducers: [] };
  return {
    errorCode: ErrorCode.NONE,
    activeProducers: leader.log.producers.map((producer) => ({
      producerId: producer.producerId,
      producerEpoch: producer.producerEpoch,
      lastSequence: producer.batches.at(-1)?.lastSequence ?? -1,
      lastTimestamp: producer.lastTimestampMs,
      coordinatorEpoch: producer.coordinatorEpoch,
      currentTxnStartOffset: producer.currentTransactionFirstOffset,
    })),
  };
}

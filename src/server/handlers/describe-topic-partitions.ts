/**
 * DescribeTopicPartitions v0 (KIP-966): topics by name with their partitions, eligible leader replicas included, page by page.
 *
 * - No topics asked for means all; then what is not there is not told of. Names are sorted, and told once.
 * - A page ends after `responsePartitionLimit` partitions, or `max.request.partition.size.limit` where that is less; the
 *   cursor says where the next begins. A cursor of a topic that is not asked for is INVALID_REQUEST.
 * - Lists of eligible replicas are never null, on which Java clients fail.
 */
import { ZERO_UUID } from '../../base/index.ts';
import { isValidTopicName, NO_LEADER, type MetadataImage, type Partition, type Topic } from '../../metadata/index.ts';
import { ErrorCode, type Input } from '../../wire/index.ts';
import { DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse } from '../../wire/messages/index.ts';
import { ALL_OPERATIONS, OPERATIONS_NOT_ASKED_FOR } from '../authorized-operations.ts';
import { hasListener, offlineReplicas } from '../offline-replicas.ts';
import { api, route, type Route } from '../route.ts';
import { isInternalTopic } from '../topics.ts';

type Response = Input<typeof DescribeTopicPartitionsResponse>;
type TopicAnswer = Response['topics'][number];

export function describeTopicPartitions(rooms: {
  readonly image: () => MetadataImage;
  /** Most partitions of one answer. */
  readonly maxPartitions: () => number;
}): Route {
  return route(
    api(DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse),
    { authorize: { operation: 'Describe', resource: 'Topic' } },
    (request, context) => {
      const image = rooms.image();
      const names = wantedNames(request, image);
      if (names === undefined) return refusal(request, ErrorCode.INVALID_REQUEST);
      // Kafka fails on a topic without a name, unless a cursor is given.
      if (names[0] === '' && request.cursor === null) return refusal(request, ErrorCode.UNKNOWN_SERVER_ERROR);
      const limit = Math.max(Math.min(rooms.maxPartitions(), request.responsePartitionLimit), 1);
      return page(image, names, limit, request, context.connection.listener);
    },
  );
}

/** The names from the cursor on, sorted; undefined when the cursor can't be one of this request's. */
function wantedNames({ topics, cursor }: DescribeTopicPartitionsRequest, image: MetadataImage): string[] | undefined {
  const all = topics.length === 0;
  const first = cursor?.topicName ?? '';
  const names = new Set((all ? [...image.topics] : topics).map(({ name }) => name));
  if (cursor !== null && (cursor.partitionIndex < 0 || (!all && !names.has(cursor.topicName)))) return undefined;
  return [...names].filter((name) => name >= first).sort((a, b) => (a < b ? -1 : 1));
}

function refusal({ topics }: DescribeTopicPartitionsRequest, errorCode: number): Response {
  return {
    topics: topics.map(({ name }) => ({
      errorCode,
      name,
      topicId: ZERO_UUID,
      isInternal: false,
      partitions: [],
      topicAuthorizedOperations: OPERATIONS_NOT_ASKED_FOR,
    })),
  };
}

function page(
  image: MetadataImage,
  names: readonly string[],
  limit: number,
  { topics: asked, cursor }: DescribeTopicPartitionsRequest,
  listener: string,
): Response {
  const topics: TopicAnswer[] = [];
  let remaining = limit;
  for (const name of names) {
    if (remaining === 0) return { topics, nextCursor: { topicName: name, partitionIndex: 0 } };
    const topic = image.topics.byName(name);
    if (topic === undefined) {
      if (asked.length > 0) topics.push(missing(name));
      continue;
    }
    const first = cursor?.topicName === name ? cursor.partitionIndex : 0;
    const partitions = topic.partitions.slice(first, first + remaining);
    topics.push(known(topic, partitions, image, listener));
    if (first + remaining < topic.partitions.length)
      return { topics, nextCursor: { topicName: name, partitionIndex: first + remaining } };
    remaining -= partitions.length;
  }
  return { topics };
}

const known = (
  { name, id }: Topic,
  partitions: readonly Partition[],
  image: MetadataImage,
  listener: string,
): TopicAnswer => ({
  errorCode: ErrorCode.NONE,
  name,
  topicId: id,
  isInternal: isInternalTopic(name),
  partitions: partitions.map((partition) => partitionAnswer(partition, image, listener)),
  topicAuthorizedOperations: ALL_OPERATIONS.topic,
});

const missing = (name: string): TopicAnswer => ({
  errorCode: isValidTopicName(name) ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : ErrorCode.INVALID_TOPIC_EXCEPTION,
  name,
  topicId: ZERO_UUID,
  isInternal: isInternalTopic(name),
  partitions: [],
  topicAuthorizedOperations: ALL_OPERATIONS.topic,
});

function partitionAnswer(
  partition: Partition,
  image: MetadataImage,
  listener: string,
): TopicAnswer['partitions'][number] {
  const { index, leader, leaderEpoch, replicas, isr } = partition;
  const { eligibleLeaderReplicas, lastKnownEligibleLeaderReplicas } = partition;
  const broker = image.brokers.get(leader);
  return {
    errorCode: ErrorCode.NONE,
    partitionIndex: index,
    leaderId: broker !== undefined && hasListener(broker, listener) ? leader : NO_LEADER,
    leaderEpoch,
    replicaNodes: [...replicas],
    isrNodes: [...isr],
    eligibleLeaderReplicas: [...eligibleLeaderReplicas],
    lastKnownElr: [...lastKnownEligibleLeaderReplicas],
    offlineReplicas: offlineReplicas(image, partition, listener),
  };
}

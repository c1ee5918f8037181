/**
 * Metadata v0-13: brokers and topics as clients of this listener reach them.
 *
 * - v0 asks for all topics with an empty list; from v1 on null means all and empty means none.
 * - v10 and v11 have topic ids in the answer only; v12 may ask by id; an unknown id is UNKNOWN_TOPIC_ID.
 * - A missing topic is made when both `auto.create.topics.enable` and the request say so, and is answered ready to use.
 * - v8-10 tell the operations allowed on the cluster, from v8 those on topics (KIP-430).
 * - v13 has a top-level error code (KIP-1102); nothing here sets it yet.
 */
import { mapInSlices, ZERO_UUID, type Clock } from '../../base/index.ts';
import { isValidTopicName, NO_LEADER, type MetadataImage, type Partition, type Topic } from '../../metadata/index.ts';
import { ErrorCode, type Input } from '../../wire/index.ts';
import { MetadataRequest, MetadataResponse } from '../../wire/messages/index.ts';
import { ALL_OPERATIONS, OPERATIONS_NOT_ASKED_FOR } from '../authorized-operations.ts';
import type { TopicCreation } from '../auto-topics.ts';
import { brokerAddresses } from '../broker-endpoints.ts';
import { offlineReplicas } from '../offline-replicas.ts';
import { api, route, type Route } from '../route.ts';
import { isInternalTopic } from '../topics.ts';

const FIRST_WITH_NULL_FOR_ALL = 1;
const FIRST_BY_TOPIC_ID = 12;

type TopicAnswer = NonNullable<Input<typeof MetadataResponse>['topics']>[number];

interface Rooms {
  readonly nodeId: number;
  readonly image: () => MetadataImage;
  readonly autoTopics: TopicCreation;
  readonly clock: Clock;
}

export function metadata(rooms: Rooms): Route {
  return route(
    api(MetadataRequest, MetadataResponse),
    { authorize: { operation: 'Describe', resource: 'Topic' } },
    async (request, context) => {
      if (isMalformed(request, context.version)) return refusal(request, context.version);
      const offline = (partition: Partition): number[] =>
        offlineReplicas(rooms.image(), partition, context.connection.listener);
      const topics = await answers(rooms, request, context.version, offline);
      const image = rooms.image();
      const brokers = brokerAddresses(image, context.connection.listener).filter(({ fenced }) => !fenced);
      return {
        brokers: brokers.map(({ id, host, port, rack }) => ({ nodeId: id, host, port, rack })),
        clusterId: image.clusterId,
        controllerId: rooms.nodeId,
        topics: topics.map((topic) => ({
          ...topic,
          topicAuthorizedOperations:
            request.includeTopicAuthorizedOperations && topic.errorCode === ErrorCode.NONE
              ? ALL_OPERATIONS.topic
              : OPERATIONS_NOT_ASKED_FOR,
        })),
        clusterAuthorizedOperations: request.includeClusterAuthorizedOperations
          ? ALL_OPERATIONS.cluster
          : OPERATIONS_NOT_ASKED_FOR,
      };
    },
  );
}

async function answers(
  rooms: Rooms,
  request: MetadataRequest,
  version: number,
  offline: (partition: Partition) => number[],
): Promise<TopicAnswer[]> {
  const asked = request.topics;
  if (asked === null || (asked.length === 0 && version < FIRST_WITH_NULL_FOR_ALL))
    return mapInSlices(rooms.clock, rooms.image().topics, (topic) => known(topic, offline));
  const ids = new Set(asked.map(({ topicId }) => topicId).filter((id) => id !== ZERO_UUID));
  if (ids.size > 0) {
    const { topics } = rooms.image();
    return mapInSlices(rooms.clock, ids, (id) => {
      const topic = topics.byId(id);
      return topic === undefined ? failed(ErrorCode.UNKNOWN_TOPIC_ID, null, id) : known(topic, offline);
    });
  }
  const names = [...new Set(asked.map(({ name }) => name ?? ''))];
  const missing = names.filter((name) => rooms.image().topics.byName(name) === undefined);
  const creation =
    request.allowAutoTopicCreation && missing.length > 0
      ? await rooms.autoTopics.create(missing)
      : new Map<string, number>();
  const { topics } = rooms.image();
  return mapInSlices(rooms.clock, names, (name) => {
    const topic = topics.byName(name);
    if (topic !== undefined) return known(topic, offline);
    const error = isValidTopicName(name)
      ? (creation.get(name) ?? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
      : ErrorCode.INVALID_TOPIC_EXCEPTION;
    return failed(error, name, ZERO_UUID);
  });
}

/** Whether a topic is named in a way that the version does not have, or not at all. */
function isMalformed({ topics }: MetadataRequest, version: number): boolean {
  if (topics === null) return false;
  if (version < FIRST_BY_TOPIC_ID) return topics.some(({ name, topicId }) => name === null || topicId !== ZERO_UUID);
  return topics.some(({ name, topicId }) => name === null && topicId === ZERO_UUID);
}

/** Tells nothing of the cluster, as Apache Kafka does when it fails on a request. */
function refusal({ topics }: MetadataRequest, version: number): Input<typeof MetadataResponse> {
  const byId = version >= FIRST_BY_TOPIC_ID;
  const errorCode = byId ? ErrorCode.UNKNOWN_SERVER_ERROR : ErrorCode.INVALID_REQUEST;
  return {
    brokers: [],
    errorCode,
    topics: (topics ?? []).map(({ name, topicId }) => failed(errorCode, name ?? '', topicId)),
  };
}

const known = ({ name, id, partitions }: Topic, offline: (partition: Partition) => number[]): TopicAnswer => ({
  errorCode: ErrorCode.NONE,
  name,
  topicId: id,
  isInternal: isInternalTopic(name),
  partitions: partitions.map((partition) => ({ ...partitionAnswer(partition), offlineReplicas: offline(partition) })),
});

const failed = (errorCode: number, name: string | null, topicId: string): TopicAnswer => ({
  errorCode,
  name,
  topicId,
  isInternal: name !== null && isInternalTopic(name),
  partitions: [],
});

const partitionAnswer = ({ index, leader, leaderEpoch, replicas, isr }: Partition) => ({
  errorCode: leader === NO_LEADER ? ErrorCode.LEADER_NOT_AVAILABLE : ErrorCode.NONE,
  partitionIndex: index,
  leaderId: leader,
  leaderEpoch,
  replicaNodes: [...replicas],
  isrNodes: [...isr],
});

/**
 * DescribeQuorum v0-2: the leader, voters and observers of the metadata log, and how far each is (KIP-595, KIP-836).
 *
 * - This node is the only voter, and leads; its voters stand in the configs, so that their directories are not told (v2).
 * - v2 tells where voters listen (KIP-853): nowhere, unless `controller.quorum.voters` says so.
 */
import { ZERO_UUID, type Clock } from '../../base/index.ts';
import type { BrokerConfig } from '../../config/index.ts';
import { METADATA_TOPIC, type ClusterMetadata } from '../../metadata/index.ts';
import { ErrorCode, type Input } from '../../wire/index.ts';
import { DescribeQuorumRequest, DescribeQuorumResponse } from '../../wire/messages/index.ts';
import { api, route, type Route } from '../route.ts';

const FIRST_WITH_NODES = 2;

export function describeQuorum(rooms: {
  readonly nodeId: number;
  readonly cluster: ClusterMetadata;
  readonly clock: Clock;
  readonly config: () => BrokerConfig;
}): Route {
  return route(
    api(DescribeQuorumRequest, DescribeQuorumResponse),
    { authorize: { operation: 'Describe', resource: 'Cluster' } },
    (request, { version }) => {
      if (!isOfMetadata(request)) return refusal(request);
      const { nodeId, cluster, clock, config } = rooms;
      const { leaderEpoch, highWatermark, logEndOffset } = cluster.quorum();
      const now = clock.now();
      const voter = {
        replicaId: nodeId,
        logEndOffset,
        lastFetchTimestamp: now,
        lastCaughtUpTimestamp: now,
        ...(version >= FIRST_WITH_NODES && { replicaDirectoryId: ZERO_UUID }),
      };
      const partition = {
        partitionIndex: 0,
        errorCode: ErrorCode.NONE,
        errorMessage: '',
        leaderId: nodeId,
        leaderEpoch,
        highWatermark,
        currentVoters: [voter],
        observers: [],
      };
      const topics = [{ topicName: METADATA_TOPIC, partitions: [partition] }];
      return {
        errorCode: ErrorCode.NONE,
        errorMessage: '',
        topics,
        ...(version >= FIRST_WITH_NODES && { nodes: [{ nodeId, listeners: voterListeners(config(), nodeId) }] }),
      };
    },
  );
}

/** Where others of the quorum would reach this voter. */
function voterListeners(config: BrokerConfig, nodeId: number): { name: string; host: string; port: number }[] {
  const [name] = config.get('controller.listener.names');
  const voter = config.get('controller.quorum.voters').find((each) => each.startsWith(`${nodeId}@`));
  const [, host, port] = /^\d+@\[?(.*?)\]?:(\d+)$/.exec(voter ?? '') ?? [];
  if (name === undefined || host === undefined) return [];
  return [{ name: name.toUpperCase(), host, port: Number(port) }];
}

function isOfMetadata({ topics }: DescribeQuorumRequest): boolean {
  const [topic] = topics;
  return (
    topics.length === 1 &&
    topic?.topicName === METADATA_TOPIC &&
    topic.partitions.length === 1 &&
    topic.partitions[0]?.partitionIndex === 0
  );
}

function refusal({ topics }: DescribeQuorumRequest): Input<typeof DescribeQuorumResponse> {
  return {
    errorCode: ErrorCode.NONE,
    errorMessage: '',
    topics: topics.map(({ topicName, partitions }) => ({
      topicName,
      partitions: partitions.map(({ partitionIndex }) => ({
        partitionIndex,
        errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
        errorMessage: `only ${METADATA_TOPIC}-0 has a quorum`,
        leaderId: 0,
        leaderEpoch: 0,
        highWatermark: 0,
        currentVoters: [],
        observers: [],
      })),
    })),
  };
}

import { mkdirSync } from 'node:fs';
import type { BufferPool } from '../../src/server/buffer-pool.ts';
import { ErrorCode, type Infer, type Input, type Message } from '../../src/wire/index.ts';
import {
  ApiVersionsRequest,
  ApiVersionsResponse,
  CreateTopicsRequest,
  CreateTopicsResponse,
  FetchRequest,
  FetchResponse,
  FindCoordinatorRequest,
  FindCoordinatorResponse,
  HeartbeatRequest,
  HeartbeatResponse,
  InitProducerIdRequest,
  InitProducerIdResponse,
  JoinGroupRequest,
  JoinGroupResponse,
  LeaveGroupRequest,
  LeaveGroupResponse,
  ListOffsetsRequest,
  ListOffsetsResponse,
  MetadataRequest,
  MetadataResponse,
  OffsetCommitRequest,
  OffsetCommitResponse,
  OffsetFetchRequest,
  OffsetFetchResponse,
  ProduceRequest,
  ProduceResponse,
  SyncGroupRequest,
  SyncGroupResponse,
} from '../../src/wire/messages/index.ts';
import { Partition } from './partition.ts';

const NODE_ID = 1;
const HOST = '127.0.0.1';
const EARLIEST = -2;

export interface Api {
  readonly request: Message;
  readonly response: Message;
  /** The newest version that is served: of those before topics had ids and groups came in lists. */
  readonly newest: number;
  readonly answer: (request: never) => Input<Message>;
}

export interface FloorOptions {
  readonly port: number;
  /** Where partitions have their files; undefined where nothing is kept. */
  readonly folder: string | undefined;
  readonly pool: BufferPool;
}

function api<Q extends Message, S extends Message>(
  request: Q,
  response: S,
  newest: number,
  answer: (request: Infer<Q>) => Input<S>,
): Api {
  return { request, response, newest, answer };
}

/** Each API by its key. All topics have one broker, and each group has one member. */
export function apisOf({ port, folder, pool }: FloorOptions): ReadonlyMap<number, Api> {
  const topics = new Map<string, readonly Partition[]>();
  const partition = (topic: string, index: number): Partition => {
    const found = topics.get(topic)?.[index];
    if (found === undefined) throw new Error(`there is no partition ${topic}-${index}`);
    return found;
  };
  if (folder !== undefined) mkdirSync(folder, { recursive: true });

  const produce = api(ProduceRequest, ProduceResponse, 12, ({ topicData }) => ({
    responses: topicData.map(({ name, partitionData }) => ({
      name,
      partitionResponses: partitionData.map(({ index, records }) => ({
        index,
        errorCode: ErrorCode.NONE,
        baseOffset: partition(name, index).append(records as Buffer),
      })),
    })),
  }));

  const fetch = api(FetchRequest, FetchResponse, 12, ({ topics: wanted, maxBytes }) => {
    let leftBytes = maxBytes;
    return {
      responses: wanted.map(({ topic, partitions }) => ({
        topic,
        partitions: partitions.map(({ partition: partitionIndex, fetchOffset, partitionMaxBytes }) => {
          const log = partition(topic, partitionIndex);
          const records =
            leftBytes > 0 ? log.read(fetchOffset, Math.min(partitionMaxBytes, leftBytes), pool) : undefined;
          leftBytes -= records?.length ?? 0;
          return {
            partitionIndex,
            errorCode: ErrorCode.NONE,
            highWatermark: log.endOffset,
            lastStableOffset: log.endOffset,
            logStartOffset: 0,
            abortedTransactions: null,
            records: records ?? Buffer.alloc(0),
          };
        }),
      })),
    };
  });

  const metadata = api(MetadataRequest, MetadataResponse, 9, ({ topics: wanted }) => ({
    brokers: [{ nodeId: NODE_ID, host: HOST, port }],
    clusterId: 'floor',
    controllerId: NODE_ID,
    topics: (wanted?.map(({ name }) => name ?? '') ?? [...topics.keys()]).map((name) => ({
      errorCode: topics.has(name) ? ErrorCode.NONE : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
      name,
      partitions: (topics.get(name) ?? []).map((_, partitionIndex) => ({
        errorCode: ErrorCode.NONE,
        partitionIndex,
        leaderId: NODE_ID,
        leaderEpoch: 0,
        replicaNodes: [NODE_ID],
        isrNodes: [NODE_ID],
        offlineReplicas: [],
      })),
    })),
  }));

  const createTopics = api(CreateTopicsRequest, CreateTopicsResponse, 7, ({ topics: wanted }) => ({
    topics: wanted.map(({ name, numPartitions }) => {
      const count = Math.max(numPartitions, 1);
      topics.set(
        name,
        Array.from({ length: count }, (_, index) => new Partition(folder, name, index)),
      );
      return { name, errorCode: ErrorCode.NONE, errorMessage: null, configs: [] };
    }),
  }));

  const listOffsets = api(ListOffsetsRequest, ListOffsetsResponse, 7, ({ topics: wanted }) => ({
    topics: wanted.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex, timestamp }) => ({
        partitionIndex,
        errorCode: ErrorCode.NONE,
        offset: timestamp === EARLIEST ? 0 : partition(name, partitionIndex).endOffset,
        leaderEpoch: 0,
      })),
    })),
  }));

  const joinGroup = api(JoinGroupRequest, JoinGroupResponse, 5, ({ protocols }) => ({
    errorCode: ErrorCode.NONE,
    generationId: 1,
    protocolName: protocols[0]?.name ?? '',
    leader: 'member',
    memberId: 'member',
    members: [{ memberId: 'member', metadata: protocols[0]?.metadata ?? Buffer.alloc(0) }],
  }));

  const offsetFetch = api(OffsetFetchRequest, OffsetFetchResponse, 7, ({ topics: wanted }) => ({
    topics: (wanted ?? []).map(({ name, partitionIndexes }) => ({
      name,
      partitions: partitionIndexes.map((partitionIndex) => ({
        partitionIndex,
        committedOffset: -1,
        metadata: '',
        errorCode: ErrorCode.NONE,
      })),
    })),
  }));

  const offsetCommit = api(OffsetCommitRequest, OffsetCommitResponse, 8, ({ topics: wanted }) => ({
    topics: wanted.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode: ErrorCode.NONE })),
    })),
  }));

  const none = { errorCode: ErrorCode.NONE };
  const served: readonly Api[] = [
    produce,
    fetch,
    metadata,
    createTopics,
    listOffsets,
    joinGroup,
    offsetFetch,
    offsetCommit,
    api(InitProducerIdRequest, InitProducerIdResponse, 4, () => ({ ...none, producerId: 1, producerEpoch: 0 })),
    api(FindCoordinatorRequest, FindCoordinatorResponse, 3, () => ({
      ...none,
      errorMessage: null,
      nodeId: NODE_ID,
      host: HOST,
      port,
    })),
    api(SyncGroupRequest, SyncGroupResponse, 4, ({ assignments }) => ({
      ...none,
      assignment: assignments[0]?.assignment ?? Buffer.alloc(0),
    })),
    api(HeartbeatRequest, HeartbeatResponse, 3, () => none),
    api(LeaveGroupRequest, LeaveGroupResponse, 3, () => ({ ...none, members: [] })),
    api(ApiVersionsRequest, ApiVersionsResponse, 3, () => ({
      ...none,
      apiKeys: served.map(({ request, newest }) => ({
        apiKey: request.apiKey,
        minVersion: request.versions[0],
        maxVersion: newest,
      })),
    })),
  ];
  return new Map(served.map((each) => [each.request.apiKey, each]));
}

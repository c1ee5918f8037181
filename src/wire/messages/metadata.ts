/**
 * Tells a client the brokers, the topics, and who leads which partition. May create topics on the way.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, bool, int16, int32, message, string, uuid, type Infer } from '../schema.ts';

export const MetadataRequest = message('MetadataRequest', { apiKey: 3, versions: [0, 13], flexibleSince: 9 }, () => ({
  topics: array({
    topicId: uuid().since(10).ignorable(),
    name: string().nullable(10),
  }).nullable(1),
  allowAutoTopicCreation: bool().since(4).default(true),
  includeClusterAuthorizedOperations: bool().since(8).until(10),
  includeTopicAuthorizedOperations: bool().since(8),
}));
export type MetadataRequest = Infer<typeof MetadataRequest>;

export const MetadataResponse = message('MetadataResponse', { apiKey: 3, versions: [0, 13], flexibleSince: 9 }, () => ({
  throttleTimeMs: int32().since(3).default(0).ignorable(),
  brokers: array({
    nodeId: int32(),
    host: string(),
    port: int32(),
    rack: string().since(1).nullable().default(null).ignorable(),
  }),
  clusterId: string().since(2).nullable().default(null).ignorable(),
  controllerId: int32().since(1).default(-1).ignorable(),
  topics: array({
    errorCode: int16(),
    name: string().nullable(12),
    topicId: uuid().since(10).ignorable(),
    isInternal: bool().since(1).default(false).ignorable(),
    partitions: array({
      errorCode: int16(),
      partitionIndex: int32(),
      leaderId: int32(),
      leaderEpoch: int32().since(7).default(-1).ignorable(),
      replicaNodes: array(int32()),
      isrNodes: array(int32()),
      offlineReplicas: array(int32()).since(5).ignorable(),
    }),
    topicAuthorizedOperations: int32().since(8).default(-2147483648),
  }),
  clusterAuthorizedOperations: int32().since(8).until(10).default(-2147483648),
  errorCode: int16().since(13).ignorable(),
}));
export type MetadataResponse = Infer<typeof MetadataResponse>;

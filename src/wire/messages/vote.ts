/**
 * Asks the voters of the metadata quorum for their votes, or (KIP-996) whether they would give them.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, bool, int16, int32, int64, message, string, uint16, uuid, type Infer } from '../schema.ts';

export const VoteRequest = message('VoteRequest', { apiKey: 52, versions: [0, 2], flexibleSince: 0 }, () => ({
  clusterId: string().nullable().default(null),
  voterId: int32().since(1).default(-1).ignorable(),
  topics: array({
    topicName: string(),
    partitions: array({
      partitionIndex: int32(),
      replicaEpoch: int32(),
      replicaId: int32(),
      replicaDirectoryId: uuid().since(1).ignorable(),
      voterDirectoryId: uuid().since(1).ignorable(),
      lastOffsetEpoch: int32(),
      lastOffset: int64(),
      preVote: bool().since(2),
    }),
  }),
}));
export type VoteRequest = Infer<typeof VoteRequest>;

export const VoteResponse = message('VoteResponse', { apiKey: 52, versions: [0, 2], flexibleSince: 0 }, () => ({
  errorCode: int16(),
  topics: array({
    topicName: string(),
    partitions: array({
      partitionIndex: int32(),
      errorCode: int16(),
      leaderId: int32(),
      leaderEpoch: int32(),
      voteGranted: bool(),
    }),
  }),
  nodeEndpoints: array({
    nodeId: int32(),
    host: string(),
    port: uint16(),
  })
    .since(1)
    .tagged(0),
}));
export type VoteResponse = Infer<typeof VoteResponse>;

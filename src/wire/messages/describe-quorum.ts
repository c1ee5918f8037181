/**
 * Shows leader, voters and observers of the metadata quorum, and how far each has replicated.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, int16, int32, int64, message, string, uint16, uuid, type Infer } from '../schema.ts';

export const DescribeQuorumRequest = message(
  'DescribeQuorumRequest',
  { apiKey: 55, versions: [0, 2], flexibleSince: 0 },
  () => ({
    topics: array({
      topicName: string(),
      partitions: array({
        partitionIndex: int32(),
      }),
    }),
  }),
);
export type DescribeQuorumRequest = Infer<typeof DescribeQuorumRequest>;

const replicaState = {
  replicaId: int32(),
  replicaDirectoryId: uuid().since(2),
  logEndOffset: int64(),
  lastFetchTimestamp: int64().since(1).default(-1).ignorable(),
  lastCaughtUpTimestamp: int64().since(1).default(-1).ignorable(),
};

export const DescribeQuorumResponse = message(
  'DescribeQuorumResponse',
  { apiKey: 55, versions: [0, 2], flexibleSince: 0 },
  () => ({
    errorCode: int16(),
    errorMessage: string().since(2).nullable().ignorable(),
    topics: array({
      topicName: string(),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
        errorMessage: string().since(2).nullable().ignorable(),
        leaderId: int32(),
        leaderEpoch: int32(),
        highWatermark: int64(),
        currentVoters: array(replicaState),
        observers: array(replicaState),
      }),
    }),
    nodes: array({
      nodeId: int32(),
      listeners: array({
        name: string(),
        host: string(),
        port: uint16(),
      }),
    }).since(2),
  }),
);
export type DescribeQuorumResponse = Infer<typeof DescribeQuorumResponse>;

/**
 * A new quorum leader announces itself to the voters.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, int16, int32, message, string, uint16, uuid, type Infer } from '../schema.ts';

export const BeginQuorumEpochRequest = message(
  'BeginQuorumEpochRequest',
  { apiKey: 53, versions: [0, 1], flexibleSince: 1 },
  () => ({
    clusterId: string().nullable().default(null),
    voterId: int32().since(1).default(-1).ignorable(),
    topics: array({
      topicName: string(),
      partitions: array({
        partitionIndex: int32(),
        voterDirectoryId: uuid().since(1).ignorable(),
        leaderId: int32(),
        leaderEpoch: int32(),
      }),
    }),
    leaderEndpoints: array({
      name: string(),
      host: string(),
      port: uint16(),
    })
      .since(1)
      .ignorable(),
  }),
);
export type BeginQuorumEpochRequest = Infer<typeof BeginQuorumEpochRequest>;

export const BeginQuorumEpochResponse = message(
  'BeginQuorumEpochResponse',
  { apiKey: 53, versions: [0, 1], flexibleSince: 1 },
  () => ({
    errorCode: int16(),
    topics: array({
      topicName: string(),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
        leaderId: int32(),
        leaderEpoch: int32(),
      }),
    }),
    nodeEndpoints: array({
      nodeId: int32(),
      host: string(),
      port: uint16(),
    })
      .since(1)
      .tagged(0),
  }),
);
export type BeginQuorumEpochResponse = Infer<typeof BeginQuorumEpochResponse>;

/**
 * A resigning quorum leader asks the voters to elect another.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, int16, int32, message, string, uint16, uuid, type Infer } from '../schema.ts';

export const EndQuorumEpochRequest = message(
  'EndQuorumEpochRequest',
  { apiKey: 54, versions: [0, 1], flexibleSince: 1 },
  () => ({
    clusterId: string().nullable().default(null),
    topics: array({
      topicName: string(),
      partitions: array({
        partitionIndex: int32(),
        leaderId: int32(),
        leaderEpoch: int32(),
        preferredSuccessors: array(int32()).until(0).ignorable(),
        preferredCandidates: array({
          candidateId: int32(),
          candidateDirectoryId: uuid(),
        })
          .since(1)
          .ignorable(),
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
export type EndQuorumEpochRequest = Infer<typeof EndQuorumEpochRequest>;

export const EndQuorumEpochResponse = message(
  'EndQuorumEpochResponse',
  { apiKey: 54, versions: [0, 1], flexibleSince: 1 },
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
export type EndQuorumEpochResponse = Infer<typeof EndQuorumEpochResponse>;

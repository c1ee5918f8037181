/**
 * Finds offsets by timestamp, or by the special timestamps for the start, the end and the like of a partition.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, int16, int32, int64, int8, message, string, type Infer } from '../schema.ts';

export const ListOffsetsRequest = message(
  'ListOffsetsRequest',
  { apiKey: 2, versions: [1, 11], flexibleSince: 6 },
  () => ({
    replicaId: int32(),
    isolationLevel: int8().since(2),
    topics: array({
      name: string(),
      partitions: array({
        partitionIndex: int32(),
        currentLeaderEpoch: int32().since(4).default(-1).ignorable(),
        timestamp: int64(),
      }),
    }),
    timeoutMs: int32().since(10).ignorable(),
  }),
);
export type ListOffsetsRequest = Infer<typeof ListOffsetsRequest>;

export const ListOffsetsResponse = message(
  'ListOffsetsResponse',
  { apiKey: 2, versions: [1, 11], flexibleSince: 6 },
  () => ({
    throttleTimeMs: int32().since(2).default(0).ignorable(),
    topics: array({
      name: string(),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
        timestamp: int64().default(-1),
        offset: int64().default(-1),
        leaderEpoch: int32().since(4).default(-1),
      }),
    }),
  }),
);
export type ListOffsetsResponse = Infer<typeof ListOffsetsResponse>;

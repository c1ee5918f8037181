/**
 * Says where a leader epoch ended, so that a follower or consumer can see where logs diverge.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, int16, int32, int64, message, string, type Infer } from '../schema.ts';

export const OffsetForLeaderEpochRequest = message(
  'OffsetForLeaderEpochRequest',
  { apiKey: 23, versions: [2, 4], flexibleSince: 4 },
  () => ({
    replicaId: int32().since(3).default(-2).ignorable(),
    topics: array({
      topic: string(),
      partitions: array({
        partition: int32(),
        currentLeaderEpoch: int32().default(-1).ignorable(),
        leaderEpoch: int32(),
      }),
    }),
  }),
);
export type OffsetForLeaderEpochRequest = Infer<typeof OffsetForLeaderEpochRequest>;

export const OffsetForLeaderEpochResponse = message(
  'OffsetForLeaderEpochResponse',
  { apiKey: 23, versions: [2, 4], flexibleSince: 4 },
  () => ({
    throttleTimeMs: int32().default(0).ignorable(),
    topics: array({
      topic: string(),
      partitions: array({
        errorCode: int16(),
        partition: int32(),
        leaderEpoch: int32().default(-1).ignorable(),
        endOffset: int64().default(-1),
      }),
    }),
  }),
);
export type OffsetForLeaderEpochResponse = Infer<typeof OffsetForLeaderEpochResponse>;

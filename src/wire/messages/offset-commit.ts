/**
 * Stores the offsets up to which a group has consumed.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, int16, int32, int64, message, string, uuid, type Infer } from '../schema.ts';

export const OffsetCommitRequest = message(
  'OffsetCommitRequest',
  { apiKey: 8, versions: [2, 10], flexibleSince: 8 },
  () => ({
    groupId: string(),
    generationIdOrMemberEpoch: int32().default(-1).ignorable(),
    memberId: string().ignorable(),
    groupInstanceId: string().since(7).nullable().default(null),
    retentionTimeMs: int64().until(4).default(-1).ignorable(),
    topics: array({
      name: string().until(9).ignorable(),
      topicId: uuid().since(10).ignorable(),
      partitions: array({
        partitionIndex: int32(),
        committedOffset: int64(),
        committedLeaderEpoch: int32().since(6).default(-1).ignorable(),
        committedMetadata: string().nullable(),
      }),
    }),
  }),
);
export type OffsetCommitRequest = Infer<typeof OffsetCommitRequest>;

export const OffsetCommitResponse = message(
  'OffsetCommitResponse',
  { apiKey: 8, versions: [2, 10], flexibleSince: 8 },
  () => ({
    throttleTimeMs: int32().since(3).default(0).ignorable(),
    topics: array({
      name: string().until(9).ignorable(),
      topicId: uuid().since(10).ignorable(),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
      }),
    }),
  }),
);
export type OffsetCommitResponse = Infer<typeof OffsetCommitResponse>;

/**
 * Committed offsets in __consumer_offsets: one key per group and partition.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { int32, int64, message, string, uuid, type Infer } from '../../schema.ts';

/** As the first brokers wrote it; read like OffsetCommitKey. */
export const LegacyOffsetCommitKey = message('LegacyOffsetCommitKey', { apiKey: 0, versions: [0, 0] }, () => ({
  group: string(),
  topic: string(),
  partition: int32(),
}));
export type LegacyOffsetCommitKey = Infer<typeof LegacyOffsetCommitKey>;

/** As the first brokers wrote it. */
export const LegacyOffsetCommitValue = message('LegacyOffsetCommitValue', { apiKey: 0, versions: [0, 0] }, () => ({
  offset: int64(),
  metadata: string(),
  commitTimestamp: int64(),
}));
export type LegacyOffsetCommitValue = Infer<typeof LegacyOffsetCommitValue>;

/** Group, topic and partition. */
export const OffsetCommitKey = message('OffsetCommitKey', { apiKey: 1, versions: [0, 0] }, () => ({
  group: string(),
  topic: string(),
  partition: int32(),
}));
export type OffsetCommitKey = Infer<typeof OffsetCommitKey>;

/** The offset committed; a tombstone deletes it. */
export const OffsetCommitValue = message(
  'OffsetCommitValue',
  { apiKey: 1, versions: [0, 4], flexibleSince: 4 },
  () => ({
    offset: int64(),
    leaderEpoch: int32().since(3).default(-1).ignorable(),
    metadata: string(),
    commitTimestamp: int64(),
    expireTimestamp: int64().since(1).until(1).default(-1).ignorable(),
    topicId: uuid().since(4).tagged(0).ignorable(),
  }),
);
export type OffsetCommitValue = Infer<typeof OffsetCommitValue>;

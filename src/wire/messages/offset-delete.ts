/**
 * Deletes the committed offsets of a group for topics it no longer subscribes to.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, int16, int32, message, string, type Infer } from '../schema.ts';

export const OffsetDeleteRequest = message('OffsetDeleteRequest', { apiKey: 47, versions: [0, 0] }, () => ({
  groupId: string(),
  topics: array({
    name: string(),
    partitions: array({
      partitionIndex: int32(),
    }),
  }),
}));
export type OffsetDeleteRequest = Infer<typeof OffsetDeleteRequest>;

export const OffsetDeleteResponse = message('OffsetDeleteResponse', { apiKey: 47, versions: [0, 0] }, () => ({
  errorCode: int16(),
  throttleTimeMs: int32().default(0).ignorable(),
  topics: array({
    name: string(),
    partitions: array({
      partitionIndex: int32(),
      errorCode: int16(),
    }),
  }),
}));
export type OffsetDeleteResponse = Infer<typeof OffsetDeleteResponse>;

/**
 * Writes delivery states of share partitions; between brokers.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, int16, int32, int64, int8, message, string, uuid, type Infer } from '../schema.ts';

export const WriteShareGroupStateRequest = message(
  'WriteShareGroupStateRequest',
  { apiKey: 85, versions: [0, 1], flexibleSince: 0 },
  () => ({
    groupId: string(),
    topics: array({
      topicId: uuid(),
      partitions: array({
        partition: int32(),
        stateEpoch: int32(),
        leaderEpoch: int32(),
        startOffset: int64(),
        deliveryCompleteCount: int32().since(1).default(-1).ignorable(),
        stateBatches: array({
          firstOffset: int64(),
          lastOffset: int64(),
          deliveryState: int8(),
          deliveryCount: int16(),
        }),
      }),
    }),
  }),
);
export type WriteShareGroupStateRequest = Infer<typeof WriteShareGroupStateRequest>;

export const WriteShareGroupStateResponse = message(
  'WriteShareGroupStateResponse',
  { apiKey: 85, versions: [0, 1], flexibleSince: 0 },
  () => ({
    results: array({
      topicId: uuid(),
      partitions: array({
        partition: int32(),
        errorCode: int16(),
        errorMessage: string().nullable().default(null),
      }),
    }),
  }),
);
export type WriteShareGroupStateResponse = Infer<typeof WriteShareGroupStateResponse>;

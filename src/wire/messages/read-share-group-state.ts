/**
 * Reads the persistent state of share partitions; between brokers.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, int16, int32, int64, int8, message, string, uuid, type Infer } from '../schema.ts';

export const ReadShareGroupStateRequest = message(
  'ReadShareGroupStateRequest',
  { apiKey: 84, versions: [0, 0], flexibleSince: 0 },
  () => ({
    groupId: string(),
    topics: array({
      topicId: uuid(),
      partitions: array({
        partition: int32(),
        leaderEpoch: int32(),
      }),
    }),
  }),
);
export type ReadShareGroupStateRequest = Infer<typeof ReadShareGroupStateRequest>;

export const ReadShareGroupStateResponse = message(
  'ReadShareGroupStateResponse',
  { apiKey: 84, versions: [0, 0], flexibleSince: 0 },
  () => ({
    results: array({
      topicId: uuid(),
      partitions: array({
        partition: int32(),
        errorCode: int16(),
        errorMessage: string().nullable().default(null),
        stateEpoch: int32(),
        startOffset: int64(),
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
export type ReadShareGroupStateResponse = Infer<typeof ReadShareGroupStateResponse>;

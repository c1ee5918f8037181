/**
 * Starts the persistent state of share partitions at an offset; between brokers.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, int16, int32, int64, message, string, uuid, type Infer } from '../schema.ts';

export const InitializeShareGroupStateRequest = message(
  'InitializeShareGroupStateRequest',
  { apiKey: 83, versions: [0, 0], flexibleSince: 0 },
  () => ({
    groupId: string(),
    topics: array({
      topicId: uuid(),
      partitions: array({
        partition: int32(),
        stateEpoch: int32(),
        startOffset: int64(),
      }),
    }),
  }),
);
export type InitializeShareGroupStateRequest = Infer<typeof InitializeShareGroupStateRequest>;

export const InitializeShareGroupStateResponse = message(
  'InitializeShareGroupStateResponse',
  { apiKey: 83, versions: [0, 0], flexibleSince: 0 },
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
export type InitializeShareGroupStateResponse = Infer<typeof InitializeShareGroupStateResponse>;

/**
 * Deletes the persistent state of share partitions; between brokers.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, int16, int32, message, string, uuid, type Infer } from '../schema.ts';

export const DeleteShareGroupStateRequest = message(
  'DeleteShareGroupStateRequest',
  { apiKey: 86, versions: [0, 0], flexibleSince: 0 },
  () => ({
    groupId: string(),
    topics: array({
      topicId: uuid(),
      partitions: array({
        partition: int32(),
      }),
    }),
  }),
);
export type DeleteShareGroupStateRequest = Infer<typeof DeleteShareGroupStateRequest>;

export const DeleteShareGroupStateResponse = message(
  'DeleteShareGroupStateResponse',
  { apiKey: 86, versions: [0, 0], flexibleSince: 0 },
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
export type DeleteShareGroupStateResponse = Infer<typeof DeleteShareGroupStateResponse>;

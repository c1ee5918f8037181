/**
 * Moves the log start offset of partitions forward, so that earlier records are gone.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, int16, int32, int64, message, string, type Infer } from '../schema.ts';

export const DeleteRecordsRequest = message(
  'DeleteRecordsRequest',
  { apiKey: 21, versions: [0, 2], flexibleSince: 2 },
  () => ({
    topics: array({
      name: string(),
      partitions: array({
        partitionIndex: int32(),
        offset: int64(),
      }),
    }),
    timeoutMs: int32(),
  }),
);
export type DeleteRecordsRequest = Infer<typeof DeleteRecordsRequest>;

export const DeleteRecordsResponse = message(
  'DeleteRecordsResponse',
  { apiKey: 21, versions: [0, 2], flexibleSince: 2 },
  () => ({
    throttleTimeMs: int32().default(0),
    topics: array({
      name: string(),
      partitions: array({
        partitionIndex: int32(),
        lowWatermark: int64(),
        errorCode: int16(),
      }),
    }),
  }),
);
export type DeleteRecordsResponse = Infer<typeof DeleteRecordsResponse>;

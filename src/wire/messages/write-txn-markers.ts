/**
 * Sent by the transaction coordinator to partition leaders: writes the commit or abort markers.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, bool, int16, int32, int64, int8, message, string, type Infer } from '../schema.ts';

export const WriteTxnMarkersRequest = message(
  'WriteTxnMarkersRequest',
  { apiKey: 27, versions: [1, 2], flexibleSince: 1 },
  () => ({
    markers: array({
      producerId: int64(),
      producerEpoch: int16(),
      transactionResult: bool(),
      topics: array({
        name: string(),
        partitionIndexes: array(int32()),
      }),
      coordinatorEpoch: int32(),
      transactionVersion: int8().since(2).default(0).ignorable(),
    }),
  }),
);
export type WriteTxnMarkersRequest = Infer<typeof WriteTxnMarkersRequest>;

export const WriteTxnMarkersResponse = message(
  'WriteTxnMarkersResponse',
  { apiKey: 27, versions: [1, 2], flexibleSince: 1 },
  () => ({
    markers: array({
      producerId: int64(),
      topics: array({
        name: string(),
        partitions: array({
          partitionIndex: int32(),
          errorCode: int16(),
        }),
      }),
    }),
  }),
);
export type WriteTxnMarkersResponse = Infer<typeof WriteTxnMarkersResponse>;

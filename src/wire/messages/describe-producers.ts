/**
 * Shows the producers that are active on partitions, with sequences and open transactions.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, int16, int32, int64, message, string, type Infer } from '../schema.ts';

export const DescribeProducersRequest = message(
  'DescribeProducersRequest',
  { apiKey: 61, versions: [0, 0], flexibleSince: 0 },
  () => ({
    topics: array({
      name: string(),
      partitionIndexes: array(int32()),
    }),
  }),
);
export type DescribeProducersRequest = Infer<typeof DescribeProducersRequest>;

export const DescribeProducersResponse = message(
  'DescribeProducersResponse',
  { apiKey: 61, versions: [0, 0], flexibleSince: 0 },
  () => ({
    throttleTimeMs: int32().default(0),
    topics: array({
      name: string(),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
        errorMessage: string().nullable().default(null),
        activeProducers: array({
          producerId: int64(),
          producerEpoch: int32(),
          lastSequence: int32().default(-1),
          lastTimestamp: int64().default(-1),
          coordinatorEpoch: int32(),
          currentTxnStartOffset: int64().default(-1),
        }),
      }),
    }),
  }),
);
export type DescribeProducersResponse = Infer<typeof DescribeProducersResponse>;

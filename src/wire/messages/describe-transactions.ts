/**
 * Shows the state of transactions by transactional id.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, int16, int32, int64, message, string, type Infer } from '../schema.ts';

export const DescribeTransactionsRequest = message(
  'DescribeTransactionsRequest',
  { apiKey: 65, versions: [0, 0], flexibleSince: 0 },
  () => ({
    transactionalIds: array(string()),
  }),
);
export type DescribeTransactionsRequest = Infer<typeof DescribeTransactionsRequest>;

export const DescribeTransactionsResponse = message(
  'DescribeTransactionsResponse',
  { apiKey: 65, versions: [0, 0], flexibleSince: 0 },
  () => ({
    throttleTimeMs: int32().default(0),
    transactionStates: array({
      errorCode: int16(),
      transactionalId: string(),
      transactionState: string(),
      transactionTimeoutMs: int32(),
      transactionStartTimeMs: int64(),
      producerId: int64(),
      producerEpoch: int16(),
      topics: array({
        topic: string(),
        partitions: array(int32()),
      }),
    }),
  }),
);
export type DescribeTransactionsResponse = Infer<typeof DescribeTransactionsResponse>;

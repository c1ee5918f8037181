/**
 * Transactions in __transaction_state: one key per transactional id.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, int16, int32, int64, int8, message, string, type Infer } from '../../schema.ts';

/** The transactional id. */
export const TransactionLogKey = message('TransactionLogKey', { apiKey: 0, versions: [0, 0] }, () => ({
  transactionalId: string(),
}));
export type TransactionLogKey = Infer<typeof TransactionLogKey>;

/** Its producer, its state and the partitions of its transaction; a tombstone forgets it. */
export const TransactionLogValue = message(
  'TransactionLogValue',
  { apiKey: 0, versions: [0, 1], flexibleSince: 1 },
  () => ({
    producerId: int64(),
    previousProducerId: int64().since(1).tagged(0).default(-1),
    nextProducerId: int64().since(1).tagged(1).default(-1),
    producerEpoch: int16(),
    nextProducerEpoch: int16().since(1).tagged(3).default(-1),
    transactionTimeoutMs: int32(),
    transactionStatus: int8(),
    transactionPartitions: array({
      topic: string(),
      partitionIds: array(int32()),
    }).nullable(),
    transactionLastUpdateTimestampMs: int64(),
    transactionStartTimestampMs: int64(),
    clientTransactionVersion: int16().since(1).tagged(2).default(0),
  }),
);
export type TransactionLogValue = Infer<typeof TransactionLogValue>;

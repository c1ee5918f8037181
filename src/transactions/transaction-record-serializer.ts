import type { RecordSerializer } from '../coordinator/index.ts';
import { WireError } from '../wire/index.ts';
import { transactionStateLog } from '../wire/messages/logs/index.ts';
import { TRANSACTION_STATUSES, type Partitions, type TransactionRecord } from './transaction.ts';

/** The first `transaction.version` whose records may have tagged fields. */
const FIRST_FLEXIBLE = 1;

/**
 * Kafka's records of `__transaction_state`. They are written in version 1 from `transaction.version` 1 on, in version 0 before:
 * then what only version 1 has is lost with the coordinator, as it is with Apache Kafka.
 * @param transactionVersion the feature level at the moment
 */
export function transactionRecordSerializer(transactionVersion: () => number): RecordSerializer<TransactionRecord> {
  return {
    toRecord({ transactionalId, transaction }) {
      const version = transactionVersion() >= FIRST_FLEXIBLE ? 1 : 0;
      const value = transaction && {
        producerId: transaction.producerId,
        producerEpoch: transaction.producerEpoch,
        transactionTimeoutMs: transaction.timeoutMs,
        transactionStatus: TRANSACTION_STATUSES.indexOf(transaction.status),
        transactionPartitions: transaction.status === 'Empty' ? null : partitionsToWire(transaction.partitions),
        transactionLastUpdateTimestampMs: transaction.lastUpdateMs,
        transactionStartTimestampMs: transaction.startMs,
        ...(version > 0 && {
          previousProducerId: transaction.previousProducerId,
          nextProducerId: transaction.nextProducerId,
          clientTransactionVersion: transaction.clientTransactionVersion,
        }),
      };
      return transactionStateLog.encode({ type: 'TransactionLog', key: { transactionalId }, version, value });
    },

    fromRecord(key, value, { isControl }) {
      if (isControl) return undefined;
      const record = transactionStateLog.decode(key, value);
      if (record.type === 'Unknown') return undefined;
      const { transactionalId } = record.key;
      if (record.value === null) return { transactionalId, transaction: null };
      const status = TRANSACTION_STATUSES[record.value.transactionStatus];
      if (status === undefined)
        throw new WireError(`transaction status ${record.value.transactionStatus} is not known`);
      return {
        transactionalId,
        transaction: {
          producerId: record.value.producerId,
          previousProducerId: record.value.previousProducerId,
          nextProducerId: record.value.nextProducerId,
          producerEpoch: record.value.producerEpoch,
          timeoutMs: record.value.transactionTimeoutMs,
          status,
          partitions: partitionsFromWire(record.value.transactionPartitions ?? []),
          startMs: record.value.transactionStartTimestampMs,
          lastUpdateMs: record.value.transactionLastUpdateTimestampMs,
          clientTransactionVersion: record.value.clientTransactionVersion,
        },
      };
    },
  };
}

function partitionsToWire(partitions: Partitions): { topic: string; partitionIds: number[] }[] {
  return [...partitions].map(([topic, ids]) => ({ topic, partitionIds: [...ids] }));
}

function partitionsFromWire(
  topics: readonly { readonly topic: string; readonly partitionIds: readonly number[] }[],
): Partitions {
  const partitions = new Map<string, Set<number>>();
  for (const { topic, partitionIds } of topics)
    partitions.set(topic, new Set([...(partitions.get(topic) ?? []), ...partitionIds]));
  return partitions;
}

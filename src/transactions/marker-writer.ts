import type { Clock, Logger } from '../base/index.ts';
import { ErrorCode } from '../wire/index.ts';
import type { Partitions } from './transaction.ts';
import type {
  DecidedTransaction,
  TransactionApi,
  TransactionApis,
  TransactionReply,
  TransactionRequest,
} from './transaction-requests.ts';

/** A commit or abort to be written to partitions, wherever they are led. */
export interface TransactionMarker {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly isCommit: boolean;
  /** Leader epoch of the partition of `__transaction_state`. */
  readonly coordinatorEpoch: number;
  readonly transactionVersion: number;
  readonly partitions: Partitions;
}

export interface MarkerOutcome {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
}

/** The way to the leaders of partitions: within this process, or WriteTxnMarkers to other brokers. */
export interface MarkerChannel {
  /** Resolves when the marker is committed in each partition, or could not be written. Never rejects. */
  write(marker: TransactionMarker): Promise<readonly MarkerOutcome[]>;
}

/** Pause before markers are sent again to partitions that could not take them, ms. */
const RETRY_MS = 100;

/** The partition may take the marker later: it is moving, or its disk is. */
const RETRIABLE: ReadonlySet<number> = new Set([
  ErrorCode.NOT_LEADER_OR_FOLLOWER,
  ErrorCode.NOT_ENOUGH_REPLICAS,
  ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND,
  ErrorCode.REQUEST_TIMED_OUT,
  ErrorCode.KAFKA_STORAGE_ERROR,
  ErrorCode.LEADER_NOT_AVAILABLE,
]);

/**
 * Writes the markers of what one shard decides, until the shard is no more (Kafka's TransactionMarkerChannelManager): hears of
 * decided transactions, writes to all their partitions, and tells when a transaction is complete. Retries for as long as it
 * takes; a partition that is gone needs no marker. Whoever leads the shard next is told again what is not complete, so that
 * a marker may be written twice, but never not at all.
 */
export async function writeMarkers(options: {
  readonly shard: (request: TransactionRequest) => Promise<TransactionReply>;
  readonly channel: MarkerChannel;
  readonly coordinatorEpoch: number;
  readonly clock: Clock;
  readonly logger: Logger;
}): Promise<void> {
  const ask = async <A extends TransactionApi>(
    api: A,
    request: TransactionApis[A]['request'],
  ): Promise<TransactionApis[A]['response']> => {
    const { response } = await options.shard({ api, request } as TransactionRequest);
    return response;
  };
  let isOver = false;
  const write = async (transaction: DecidedTransaction): Promise<void> => {
    const {
      transactionalId,
      producerId,
      producerEpoch,
      isCommit,
      clientTransactionVersion: transactionVersion,
    } = transaction;
    const { coordinatorEpoch } = options;
    let left = transaction.partitions;
    while (left.size > 0) {
      const marker = { producerId, producerEpoch, isCommit, coordinatorEpoch, transactionVersion, partitions: left };
      const outcomes = await options.channel.write(marker);
      for (const { errorCode, ...where } of outcomes)
        if (errorCode !== ErrorCode.NONE)
          options.logger.info('a transaction marker was not taken', { transactionalId, errorCode, ...where });
      left = partitionsToRetry(outcomes);
      if (left.size > 0) await new Promise<void>((resolve) => options.clock.after(RETRY_MS, resolve));
      if (isOver) return;
    }
    await ask('marked', { transactionalId, producerId, producerEpoch });
  };
  try {
    for (;;) {
      const { transactions } = await ask('decided', {});
      for (const transaction of transactions) write(transaction).catch(() => {});
    }
  } catch {
    // The shard is closed, or will be built anew: whoever asks it then is told all again.
    isOver = true;
  }
}

function partitionsToRetry(outcomes: readonly MarkerOutcome[]): Partitions {
  const left = new Map<string, Set<number>>();
  for (const { topic, partition, errorCode } of outcomes)
    if (RETRIABLE.has(errorCode)) left.set(topic, (left.get(topic) ?? new Set()).add(partition));
  return left;
}

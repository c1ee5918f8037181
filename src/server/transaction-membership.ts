import type { Clock } from '../base/index.ts';
import type { Partitions, Producer } from '../transactions/index.ts';
import { ErrorCode } from '../wire/index.ts';
import type { TransactionCoordinator } from './transaction-coordinator.ts';

/**
 * How a partition comes into a transaction before records of it are written: the client has said so and the coordinator is
 * asked whether it has (transactions v1), or the broker says it for the client (v2).
 */
export type Membership = 'verify' | 'verify, abortable' | 'add';

export interface TransactionMembership {
  /** `transaction.partition.verification.enable`: without it only those that are to be added are asked about. */
  isNeeded(membership: Membership): boolean;
  /** Why the producer may not write to some of the partitions; those that it may are not in the answer. */
  check(
    producer: Producer,
    partitions: Partitions,
    membership: Membership,
  ): Promise<ReadonlyMap<string, ReadonlyMap<number, number>>>;
}

export interface MembershipConfig {
  /** `transaction.partition.verification.enable` */
  readonly isVerified: boolean;
  /** `add.partitions.to.txn.retry.backoff.ms` */
  readonly retryBackoffMs: number;
  /** `add.partitions.to.txn.retry.backoff.max.ms` */
  readonly retryForMs: number;
}

/** Mirrors Kafka's AddPartitionsToTxnManager, and what ReplicaManager does around it. */
export function transactionMembership(rooms: {
  readonly transactions: TransactionCoordinator;
  readonly clock: Clock;
  readonly config: () => MembershipConfig;
}): TransactionMembership {
  const { transactions, clock, config } = rooms;

  const verify = async (producer: Producer, partitions: Partitions, membership: Membership) => {
    const request = { ...producer, partitions };
    const answer = await transactions.ask('verifyPartitions', producer.transactionalId, request);
    if (typeof answer === 'number') return errorForAll(partitions, answer);
    if (answer.errorCode !== ErrorCode.NONE) return errorForAll(partitions, toldToProducers(answer.errorCode));
    // Older clients take it for fatal, newer ones abort and go on.
    const missing = membership === 'verify' ? ErrorCode.INVALID_TXN_STATE : ErrorCode.TRANSACTION_ABORTABLE;
    return errorForAll(answer.missing, missing);
  };

  /** The transaction before it may not be complete yet, though its producer has been told that it is decided. */
  const add = async (producer: Producer, partitions: Partitions) => {
    const request = { ...producer, partitions, clientTransactionVersion: 2 };
    const { retryBackoffMs, retryForMs } = config();
    const giveUpMs = clock.elapsed() + retryForMs;
    for (;;) {
      const answer = await transactions.ask('addPartitions', producer.transactionalId, request);
      const errorCode = typeof answer === 'number' ? answer : answer.errorCode;
      if (errorCode !== ErrorCode.CONCURRENT_TRANSACTIONS || clock.elapsed() >= giveUpMs)
        return errorCode === ErrorCode.NONE ? NO_ERRORS : errorForAll(partitions, toldToProducers(errorCode));
      await new Promise<void>((resolve) => clock.after(retryBackoffMs, resolve));
    }
  };

  return {
    isNeeded: (membership) => membership === 'add' || config().isVerified,
    check: (producer, partitions, membership) =>
      membership === 'add' ? add(producer, partitions) : verify(producer, partitions, membership),
  };
}

const NO_ERRORS: ReadonlyMap<string, ReadonlyMap<number, number>> = new Map();

/** A fenced producer learns it from its writes by the older name. */
const toldToProducers = (errorCode: number): number =>
  errorCode === ErrorCode.PRODUCER_FENCED ? ErrorCode.INVALID_PRODUCER_EPOCH : errorCode;

function errorForAll(partitions: Partitions, errorCode: number): Map<string, Map<number, number>> {
  const errors = new Map<string, Map<number, number>>();
  for (const [topic, ids] of partitions) errors.set(topic, new Map([...ids].map((id) => [id, errorCode])));
  return errors;
}
